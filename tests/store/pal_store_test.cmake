# Tests against a real PostgreSQL. run_with_postgres.sh starts a private one for a command, or uses the one that
# PALIQUE_TEST_DATABASE_URL names already (so that a whole run can share one).

add_library(store_support STATIC ${CMAKE_CURRENT_LIST_DIR}/support/database.c)
target_include_directories(store_support PUBLIC ${CMAKE_CURRENT_LIST_DIR})
target_link_libraries(store_support PUBLIC pal_base pal_db pal_proto)
pal_packages(store_support libpq)

set(PAL_TSAN_SUPPRESSIONS ${CMAKE_SOURCE_DIR}/tests/tsan.supp)
set(PAL_WITH_POSTGRES ${CMAKE_CURRENT_LIST_DIR}/run_with_postgres.sh)

# pal_store_test(NAME chat_message SOURCES test_message.c DEPS chat_parts [PLAIN]): a Criterion program, or with PLAIN one
# with a main of its own (threads). It includes "support/database.h".
function(pal_store_test)
    cmake_parse_arguments(T "PLAIN" "NAME" "SOURCES;DEPS;PKG;LIBS" ${ARGN})
    if(NOT T_PLAIN AND "thread" IN_LIST PAL_SANITIZE)
        return() # Criterion does not start under the thread sanitizer
    endif()
    set(target store_${T_NAME})
    add_executable(${target} ${T_SOURCES})
    target_link_libraries(${target} PRIVATE ${T_DEPS} store_support ${T_LIBS})
    set(arguments "")
    if(NOT T_PLAIN)
        list(APPEND T_PKG criterion)
        set(arguments --jobs 1)
    endif()
    pal_packages(${target} ${T_PKG})
    add_test(NAME store_${T_NAME} COMMAND ${PAL_WITH_POSTGRES} $<TARGET_FILE:${target}> ${arguments})
    set_tests_properties(store_${T_NAME} PROPERTIES TIMEOUT 300 LABELS store
        ENVIRONMENT "TSAN_OPTIONS=suppressions=${PAL_TSAN_SUPPRESSIONS}"
        FAIL_REGULAR_EXPRESSION "ERROR: (Address|Leak)Sanitizer;runtime error:;WARNING: ThreadSanitizer")
endfunction()
