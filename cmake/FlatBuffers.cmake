# ddnn_add_schema(target schema.fbs): a target whose include folder holds
# <schema>_generated.h, made anew by flatc whenever the schema changes.
find_package(FlatBuffers 2.0 REQUIRED)
if(NOT TARGET flatbuffers::flatbuffers OR NOT TARGET flatbuffers::flatc)
  message(FATAL_ERROR "FlatBuffers is incomplete: install libflatbuffers-dev, "
                      "flatbuffers-compiler and flatbuffers-compiler-dev")
endif()

function(ddnn_add_schema target schema)
  get_filename_component(name ${schema} NAME_WE)
  set(out_dir ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${out_dir}/${name}_generated.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND flatbuffers::flatc --cpp --cpp-std c++17 --scoped-enums -o ${out_dir}
            ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
    DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${schema}
    COMMENT "flatc ${schema}"
    VERBATIM)
  add_library(${target} INTERFACE ${header})
  target_include_directories(${target} SYSTEM INTERFACE ${out_dir})
  target_link_libraries(${target} INTERFACE flatbuffers::flatbuffers)
  # Whoever links the interface must wait for the generated header.
  add_custom_target(${target}_generate DEPENDS ${header})
  add_dependencies(${target} ${target}_generate)
endfunction()
