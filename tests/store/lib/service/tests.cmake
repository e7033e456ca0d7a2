pal_store_test(NAME lib_service PLAIN SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_service.c ${CMAKE_CURRENT_LIST_DIR}/toy.c
               DEPS pal_service pal_bus pal_db PKG jansson LIBS Threads::Threads)
target_compile_definitions(store_lib_service PRIVATE SHARED_SQL="${CMAKE_SOURCE_DIR}/lib/db/sql")
