# Language, warnings, hardening and sanitizers, for every target of the project.
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(PAL_WERROR "warnings are errors" OFF)

add_compile_options(
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wvla -Wformat=2 -Wnull-dereference
    -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-align
    -Wwrite-strings -Wundef -Wimplicit-fallthrough -fno-common -fno-strict-aliasing)
if(PAL_WERROR)
    add_compile_options(-Werror)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wlogical-op -Wduplicated-cond -Wduplicated-branches)
else() # pal_log(level, event) without fields is fine with __VA_OPT__, of which clang 14's warning does not know
    add_compile_options(-Wno-gnu-zero-variadic-macro-arguments)
endif()
add_compile_definitions(_GNU_SOURCE)

# Hardening: everywhere but where it gets in a sanitizer's way.
add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU") # clang 14 takes it only with an option that later ones refuse
    add_compile_options(-ftrivial-auto-var-init=zero)
endif()
add_link_options(-pie -Wl,-z,relro,-z,now,-z,noexecstack)
if(NOT PAL_SANITIZE AND NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()

if(PAL_SANITIZE)
    string(REPLACE ";" "," pal_sanitize "${PAL_SANITIZE}")
    add_compile_options(-fsanitize=${pal_sanitize} -fno-omit-frame-pointer -g)
    add_link_options(-fsanitize=${pal_sanitize})
    if("undefined" IN_LIST PAL_SANITIZE)
        add_compile_options(-fno-sanitize-recover=undefined)
    endif()
endif()
if(PAL_FUZZ) # the libraries too: the fuzzer is guided by which of their branches an input reaches
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(PAL_COVERAGE)
    add_compile_options(--coverage -O0 -g)
    add_link_options(--coverage)
endif()
