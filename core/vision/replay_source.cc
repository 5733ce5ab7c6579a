#include "core/vision/view_source.h"
