#include "core/nn/sample.h"
