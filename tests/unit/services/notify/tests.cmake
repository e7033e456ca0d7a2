pal_unit_test(NAME services_notify_text SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_text.c DEPS notify_parts pal_base)
pal_unit_test(NAME services_notify_sse SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_sse.c DEPS notify_parts pal_base)
pal_unit_test(NAME services_notify_day_time SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_day_time.c DEPS notify_parts pal_base)
