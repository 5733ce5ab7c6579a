# cmake -D OUT=FILE.cc -D FILES=a;b -P EmbedFiles.cmake: writes a source that
# defines ddnn::PageAssets() (cli/serve/assets.h) with what the files hold.
set(arrays "")
set(table "")
set(number 0)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND arrays "constexpr unsigned char kFile${number}[] = {${bytes}};\n")
  string(APPEND table "    {\"${name}\", Text(kFile${number})},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include \"cli/serve/assets.h\"

namespace ddnn {
namespace {

${arrays}
template <std::size_t N>
std::string_view Text(const unsigned char (&bytes)[N]) {
  return {reinterpret_cast<const char*>(bytes), N};
}

}  // namespace

std::span<const Asset> PageAssets() {
  static const Asset kAssets[] = {
${table}  };
  return kAssets;
}

}  // namespace ddnn
")
