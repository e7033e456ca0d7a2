add_executable(http_echo ${CMAKE_CURRENT_LIST_DIR}/http_echo.c)
target_link_libraries(http_echo PRIVATE pal_http pal_token pal_proto pal_loop pal_base)
set_target_properties(http_echo PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
pal_unit_test(NAME lib_http_guard SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_guard.c DEPS pal_http)
