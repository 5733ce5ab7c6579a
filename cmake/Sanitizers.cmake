# DDNN_SANITIZE: empty, or what -fsanitize takes ("address,undefined", "thread").
if(DDNN_SANITIZE)
  add_compile_options(-fsanitize=${DDNN_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${DDNN_SANITIZE})
endif()
