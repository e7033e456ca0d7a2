pal_store_test(NAME chat_writer SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_writer.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_service pal_db pal_base PKG jansson)
pal_store_test(NAME chat_replies SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_replies.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_service pal_db pal_base PKG jansson)
pal_store_test(NAME chat_writers PLAIN SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_writers.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_service pal_db pal_base PKG jansson LIBS Threads::Threads)
pal_store_test(NAME chat_events SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_events.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_db pal_base PKG jansson)
pal_store_test(NAME chat_plans SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_plans.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_service pal_db pal_base PKG jansson libpq)
pal_store_test(NAME chat_unread SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_unread.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_db pal_base)
pal_store_test(NAME chat_can SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_can.c ${CMAKE_CURRENT_LIST_DIR}/fixture.c
               DEPS chat_parts pal_db pal_base PKG libpq)

# Not a test: tests/bench/writer_bench.c says how it is run.
add_executable(writer_bench ${CMAKE_SOURCE_DIR}/tests/bench/writer_bench.c)
target_link_libraries(writer_bench PRIVATE chat_parts store_support pal_db pal_base)
