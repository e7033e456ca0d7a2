pal_thread_test(NAME lib_service_ops SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ops.c DEPS pal_service pal_base LIBS Threads::Threads)
