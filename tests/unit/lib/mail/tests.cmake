pal_unit_test(NAME lib_mail_header SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_header.c DEPS pal_mail pal_base)
