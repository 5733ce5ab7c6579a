#include "cli/stop_flag.h"

#include <signal.h>
#include <unistd.h>

namespace ddnn {

StopFlag::StopFlag()
    : waiter_([this] {
        signal_.Wait();
        raised_ = true;
      }) {
  ::signal(SIGHUP, [](int) { ::kill(::getpid(), SIGTERM); });
  ::signal(SIGPIPE, SIG_IGN);  // `ddnn demo | head` must clean up too
}

}  // namespace ddnn
