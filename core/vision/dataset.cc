#include "core/vision/dataset.h"
