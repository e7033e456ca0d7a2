pal_unit_test(NAME services_chat_rules SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_rules.c DEPS chat_parts)
pal_unit_test(NAME services_chat_names SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_names.c DEPS chat_parts)
pal_unit_test(NAME services_chat_mentions SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_mentions.c DEPS chat_parts)
