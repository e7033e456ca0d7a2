# palique-<service>-next: the same services as one release later would bring them, with the migrations of next/ on top. The list in the
# library stays; main.c's name for it leads to the longer one.
foreach(service auth chat notify admin)
    set(gen ${CMAKE_BINARY_DIR}/include/${service}_next)
    set(list __wrap_${service})
    file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/services/${service}/migrations/*.sql ${CMAKE_CURRENT_LIST_DIR}/next/${service}/*.sql)
    add_custom_command(
        OUTPUT ${gen}/gen/${list}_migrations.c ${gen}/gen/${list}_migrations.h
        COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py ${list} ${gen}/gen ${CMAKE_SOURCE_DIR}/lib/db/sql ${migrations}
        DEPENDS ${migrations} ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py
        VERBATIM)
    add_executable(palique-${service}-next ${CMAKE_SOURCE_DIR}/services/${service}/main.c ${gen}/gen/${list}_migrations.c)
    target_include_directories(palique-${service}-next PRIVATE ${gen})
    target_link_libraries(palique-${service}-next PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${service}_parts>")
    target_link_options(palique-${service}-next PRIVATE -Wl,--wrap=${service}_migrations -Wl,--wrap=${service}_migrations_count)
    set_target_properties(palique-${service}-next PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endforeach()
