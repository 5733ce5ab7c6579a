# Writes OUT, a header with the commit that SOURCE stands at, if that has changed.
# Used at build time: cmake -DSOURCE=DIR -DOUT=FILE -P WriteCommit.cmake
execute_process(
  COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=10 --exclude=*
  OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_QUIET
  RESULT_VARIABLE failed)
if(failed OR commit STREQUAL "")
  set(commit "unknown")
endif()
set(header "#pragma once\n\n#define DDNN_COMMIT \"${commit}\"\n")
if(EXISTS "${OUT}")
  file(READ "${OUT}" old)
endif()
if(NOT header STREQUAL "${old}")
  file(WRITE "${OUT}" "${header}")
endif()
