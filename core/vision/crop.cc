#include "core/vision/crop.h"
