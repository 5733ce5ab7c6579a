#include "core/bus/paho_bus.h"
