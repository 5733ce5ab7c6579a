#pragma once

#include "bench/fleet/options.h"

namespace ddnn {

/// Runs broker, edge and cloud agents as processes, all devices in this one,
/// measures, and prints what it found.
///
/// SIGINT, SIGTERM and SIGHUP end it at once and cleanly. Call it from main()'s
/// thread.
/// \return kExitOk: every sample was answered once and in full and nothing was
///     dropped, or a signal came; 1: it came to its end, but not so.
/// \throws CommandError  kExitUsage, kExitData: options, bundle or data;
///     kExitUnavailable: broker or agents are missing, do not start or die.
int RunFleet(const FleetOptions& options);

}  // namespace ddnn
