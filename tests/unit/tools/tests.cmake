pal_thread_test(NAME tools_media_sandbox SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_sandbox.c DEPS media_sandbox)
