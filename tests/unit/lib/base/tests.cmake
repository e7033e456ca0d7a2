# lib/base: one Criterion program per source file; what needs threads is plain programs.
foreach(part arena buf clock config error id json log map metrics picture str utf8 walk)
    pal_unit_test(NAME lib_base_${part} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c DEPS pal_base)
endforeach()
foreach(part blob queue)
    pal_thread_test(NAME lib_base_${part} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c DEPS pal_base)
endforeach()
