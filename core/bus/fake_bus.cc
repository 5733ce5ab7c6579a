#include "core/bus/fake_bus.h"
