#include "core/vision/frame.h"
