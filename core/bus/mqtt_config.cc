#include "core/bus/mqtt_config.h"
