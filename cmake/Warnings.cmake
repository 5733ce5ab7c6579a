# ddnn_flags: what every target of this project is compiled with.
add_library(ddnn_flags INTERFACE)
add_library(ddnn::flags ALIAS ddnn_flags)
target_compile_features(ddnn_flags INTERFACE cxx_std_20)
target_compile_options(
  ddnn_flags
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wshadow
            -Wconversion
            # g++ 12 sees overlaps in std::string that are not there (GCC 105651).
            $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
            # Logits are equal on every CPU only if no compiler fuses a*b+c.
            -ffp-contract=off
            $<$<BOOL:${DDNN_WERROR}>:-Werror>)
target_compile_definitions(ddnn_flags INTERFACE DDNN_VERSION="${PROJECT_VERSION}")
target_include_directories(ddnn_flags INTERFACE ${PROJECT_SOURCE_DIR})
