pal_unit_test(NAME lib_front_revocations SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_revocations.c
              DEPS pal_front pal_http pal_service pal_base pal_proto pal_loop pal_redis pal_token)
