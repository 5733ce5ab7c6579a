#pragma once

namespace ddnn {

/// Exit codes of every program, after sysexits.h; service managers can tell
/// from them whether a restart may help.
enum ExitCode : int {
  kExitOk = 0,
  kExitUnclean = 1,       ///< ran to its end, but not all was well
  kExitUsage = 64,        ///< command line
  kExitData = 65,         ///< input data is wrong
  kExitUnavailable = 69,  ///< broker, camera or port is not there
  kExitSoftware = 70,     ///< a bug of ours
  kExitProtocol = 76,     ///< peers run another bundle or protocol
  kExitRefused = 77,      ///< TLS, login or ACL
  kExitConfig = 78,       ///< configuration
};

}  // namespace ddnn
