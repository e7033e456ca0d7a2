# One library per folder. Its headers are reached as "folder/header.h" by exactly those targets that link it: each
# library gets an include root of its own in the build tree that holds a single link to its source folder, so an
# include that the architecture does not allow does not compile.

# pal_library(NAME base SOURCES a.c… [DEPS pal targets…] [PRIVATE_DEPS pal targets…] [PKG pkg-config modules…]
#             [LIBS plain libraries…])     DEPS are visible to users of the headers, the others are not.
function(pal_library)
    cmake_parse_arguments(L "" "NAME" "SOURCES;DEPS;PRIVATE_DEPS;PKG;LIBS" ${ARGN})
    set(target pal_${L_NAME})
    add_library(${target} STATIC ${L_SOURCES})
    pal_include_root(${target} ${L_NAME} ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${target} PUBLIC ${L_DEPS} PRIVATE ${L_PRIVATE_DEPS} ${L_LIBS})
    pal_packages(${target} ${L_PKG})
endfunction()

function(pal_include_root target name folder)
    set(root ${CMAKE_BINARY_DIR}/include/${name})
    file(MAKE_DIRECTORY ${root})
    if(NOT EXISTS ${root}/${name})
        file(CREATE_LINK ${folder} ${root}/${name} SYMBOLIC)
    endif()
    target_include_directories(${target} PUBLIC ${root})
endfunction()

function(pal_packages target)
    foreach(module ${ARGN})
        string(MAKE_C_IDENTIFIER "PKG_${module}" var)
        pkg_check_modules(${var} REQUIRED IMPORTED_TARGET ${module})
        target_link_libraries(${target} PRIVATE PkgConfig::${var})
    endforeach()
endfunction()

# pal_service(NAME chat SOURCES main.c routes.c handlers/…  [DEPS …] [PKG …] [LIBS …]): the program palique-chat. Its folder
# is its private include root: "store/message.h". migrations/NNNN_name.sql are embedded as an array of struct pal_migration
# named <name>_migrations (with <name>_migrations_count), declared in "gen/<name>_migrations.h".
# All but main.c go into a static library <name>_parts, which store and contract tests link.
function(pal_service)
    cmake_parse_arguments(S "" "NAME" "SOURCES;DEPS;PKG;LIBS" ${ARGN})
    set(parts ${S_NAME}_parts)
    list(REMOVE_ITEM S_SOURCES main.c)
    file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql)
    if(migrations)
        set(gen ${CMAKE_BINARY_DIR}/include/${S_NAME}_gen)
        add_custom_command(
            OUTPUT ${gen}/gen/${S_NAME}_migrations.c ${gen}/gen/${S_NAME}_migrations.h
            COMMAND /usr/bin/python3 ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py ${S_NAME} ${gen}/gen
                    ${CMAKE_SOURCE_DIR}/lib/db/sql ${migrations}
            DEPENDS ${migrations} ${CMAKE_SOURCE_DIR}/cmake/embed_migrations.py
            VERBATIM)
        list(APPEND S_SOURCES ${gen}/gen/${S_NAME}_migrations.c)
    endif()
    add_library(${parts} STATIC ${S_SOURCES})
    target_include_directories(${parts} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR} ${gen})
    target_link_libraries(${parts} PUBLIC ${S_DEPS} PRIVATE ${S_LIBS})
    pal_packages(${parts} ${S_PKG})
    add_executable(palique-${S_NAME} main.c)
    # The whole archive: statements are found by their section, not by reference.
    target_link_libraries(palique-${S_NAME} PRIVATE "$<LINK_LIBRARY:WHOLE_ARCHIVE,${parts}>")
    set_target_properties(palique-${S_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# pal_unit_test(NAME lib_base_buf SOURCES lib/base/test_buf.c DEPS pal_base): one Criterion program.
function(pal_unit_test)
    cmake_parse_arguments(T "" "NAME" "SOURCES;DEPS;PKG;LIBS" ${ARGN})
    set(target test_${T_NAME})
    add_executable(${target} ${T_SOURCES})
    target_link_libraries(${target} PRIVATE ${T_DEPS} ${T_LIBS})
    pal_packages(${target} criterion ${T_PKG})
    add_test(NAME ${T_NAME} COMMAND ${target} --jobs 2)
    set_tests_properties(${T_NAME} PROPERTIES TIMEOUT 120
        FAIL_REGULAR_EXPRESSION "ERROR: (Address|Leak)Sanitizer;runtime error:")
endfunction()

# pal_thread_test: a plain program (no framework) for what runs under the thread sanitizer too.
function(pal_thread_test)
    cmake_parse_arguments(T "" "NAME" "SOURCES;DEPS;PKG;LIBS" ${ARGN})
    set(target test_${T_NAME})
    add_executable(${target} ${T_SOURCES})
    target_link_libraries(${target} PRIVATE ${T_DEPS} ${T_LIBS})
    pal_packages(${target} ${T_PKG})
    add_test(NAME ${T_NAME} COMMAND ${target})
    set_tests_properties(${T_NAME} PROPERTIES TIMEOUT 300
        FAIL_REGULAR_EXPRESSION "ERROR: (Address|Leak)Sanitizer;runtime error:;WARNING: ThreadSanitizer")
endfunction()
