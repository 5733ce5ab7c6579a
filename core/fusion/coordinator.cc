#include "core/fusion/coordinator.h"
