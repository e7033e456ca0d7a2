# The clients of test_storm.py; what they know of RFC 6455 is the load generator's.
add_executable(palique-storm ${CMAKE_CURRENT_LIST_DIR}/storm.c ${CMAKE_CURRENT_LIST_DIR}/storm_report.c ${CMAKE_SOURCE_DIR}/tests/bench/wire.c)
target_include_directories(palique-storm PRIVATE ${CMAKE_SOURCE_DIR}/tests/bench)
set_target_properties(palique-storm PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
