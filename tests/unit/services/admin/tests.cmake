pal_unit_test(NAME services_admin_moderation SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_moderation.c DEPS admin_parts pal_base pal_proto)
pal_unit_test(NAME services_admin_tally SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tally.c DEPS admin_parts pal_base)
