# lib/redis, against real servers that the tests start.
pal_unit_test(NAME lib_redis_url SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_url.c DEPS pal_redis)
pal_unit_test(NAME lib_redis_redis SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_redis.c ${CMAKE_CURRENT_LIST_DIR}/server.c
              DEPS pal_redis PKG hiredis)
