#include "core/bus/topics.h"
