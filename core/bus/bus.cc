#include "core/bus/bus.h"
