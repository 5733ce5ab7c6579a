#include "core/nn/network.h"
