#include "core/nn/bundle.h"
