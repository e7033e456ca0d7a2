# What the chaos runs need beside the suite (see chaos/README.md).
set(chaos ${CMAKE_CURRENT_LIST_DIR})
add_executable(palique-gateway-lossy ${CMAKE_SOURCE_DIR}/services/gateway/main.c ${chaos}/lossy.c)
target_link_libraries(palique-gateway-lossy PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,gateway_parts>" pal_bus pal_proto pal_base)
target_link_options(palique-gateway-lossy PRIVATE -Wl,--as-needed -Wl,--wrap=bus_replica_message)
set_target_properties(palique-gateway-lossy PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# Not under a sanitizer: its runtime must be the first of all preloaded libraries.
if(NOT PAL_SANITIZE)
    add_library(chaos_clock MODULE ${chaos}/clock.c)
    set_target_properties(chaos_clock PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endif()

include(${chaos}/storm.cmake)
include(${chaos}/upgrade.cmake)
