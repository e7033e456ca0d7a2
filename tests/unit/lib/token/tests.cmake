pal_unit_test(NAME lib_token_token SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_token.c
    ${CMAKE_CURRENT_LIST_DIR}/forge.c DEPS pal_token pal_proto PKG libcrypto)
pal_unit_test(NAME lib_token_forged SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_forged.c
    ${CMAKE_CURRENT_LIST_DIR}/forge.c DEPS pal_token pal_proto PKG libcrypto)
pal_thread_test(NAME lib_token_keyset SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_keyset.c DEPS pal_token pal_proto)
