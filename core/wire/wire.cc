#include "core/wire/wire.h"
