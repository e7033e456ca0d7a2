# lib/bus: plain programs, so that they run under the thread sanitizer too.
set(bus_tests ${CMAKE_CURRENT_LIST_DIR})
foreach(name request)
    pal_thread_test(NAME lib_bus_${name}
        SOURCES ${bus_tests}/test_${name}.c ${bus_tests}/rig.c
        DEPS pal_bus pal_base pal_proto
        LIBS nng Threads::Threads)
endforeach()
