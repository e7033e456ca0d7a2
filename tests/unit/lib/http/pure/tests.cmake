pal_unit_test(NAME lib_http_bucket SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_bucket.c DEPS pal_http pal_base pal_proto pal_loop pal_redis pal_token)
pal_unit_test(NAME lib_http_query SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_query.c DEPS pal_http pal_base pal_proto pal_loop pal_redis pal_token)
