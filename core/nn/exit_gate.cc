#include "core/nn/exit_gate.h"
