# proto: one Criterion program per source file.
foreach(part frame lookup route validate param text problem)
    pal_unit_test(NAME proto_${part} SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_${part}.c DEPS pal_proto)
endforeach()
