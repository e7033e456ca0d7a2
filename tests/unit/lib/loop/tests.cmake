# lib/loop.
pal_unit_test(NAME lib_loop_loop SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_loop.c ${CMAKE_CURRENT_LIST_DIR}/test_pace.c DEPS pal_loop)
pal_unit_test(NAME lib_loop_timers SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_timers.c DEPS pal_loop)
pal_thread_test(NAME lib_loop_posts SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_posts.c DEPS pal_loop)
