# lib/bus: plain programs, so that they run under the thread sanitizer too.
set(bus_names message request events replicas names refuse security watchdog)
set(bus_tests ${CMAKE_CURRENT_LIST_DIR})
foreach(name ${bus_names})
    pal_thread_test(NAME lib_bus_${name}
        SOURCES ${bus_tests}/test_${name}.c ${bus_tests}/rig.c
        DEPS pal_bus pal_base pal_proto
        LIBS nng Threads::Threads)
endforeach()

# The kill test: 30 kills per role and transport here, `bus_kill 500` before a release.
add_executable(bus_kill ${bus_tests}/../../../chaos/bus_kill.c ${bus_tests}/rig.c)
target_include_directories(bus_kill PRIVATE ${bus_tests})
target_link_libraries(bus_kill PRIVATE pal_bus pal_base pal_proto nng Threads::Threads)
add_test(NAME bus_kill COMMAND bus_kill 30)
set_tests_properties(bus_kill PROPERTIES TIMEOUT 600
    FAIL_REGULAR_EXPRESSION "ERROR: (Address|Leak)Sanitizer;runtime error:;WARNING: ThreadSanitizer")

# What a message costs: run by hand.
add_executable(bus_bench ${bus_tests}/../../../bench/bus_bench.c ${bus_tests}/rig.c)
target_include_directories(bus_bench PRIVATE ${bus_tests})
target_link_libraries(bus_bench PRIVATE pal_bus pal_base pal_proto nng Threads::Threads)

# Silences nng itself in thread sanitizer builds (reasons in the file).
foreach(name ${bus_names})
    set_tests_properties(lib_bus_${name} PROPERTIES
        ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/scripts/tsan.supp")
endforeach()
set_tests_properties(bus_kill PROPERTIES
    ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/scripts/tsan.supp")
