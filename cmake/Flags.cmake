# SPDX-License-Identifier: Apache-2.0
#
# One set of flags for everything compiled here; assert stays on in every build type.
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_C_FLAGS_MINSIZEREL "-Os -g")

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# -fPIE, not CMake's -fPIC: our libraries are linked into programs only, so calls may be inlined and bound early.
add_compile_options(-fPIE)
add_link_options(-pie)
# A program asks for the shared libraries it uses, not for all that its folders may: the agent needs no libqrencode.
add_link_options(-Wl,--as-needed)

set(BANTO_WARNINGS
    -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wundef -Wwrite-strings
    -Wformat=2 -Wswitch-enum -Wimplicit-fallthrough -Wcast-qual -Wnull-dereference -Wconversion)
if(BANTO_WERROR)
    list(APPEND BANTO_WARNINGS -Werror)
endif()

add_compile_definitions(_GNU_SOURCE BANTO_VERSION="${PROJECT_VERSION}")
add_compile_options(-fno-common -fno-omit-frame-pointer ${BANTO_WARNINGS})

set(sanitize "${BANTO_SANITIZE}")
if(BANTO_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "BANTO_FUZZ needs clang: use the preset 'fuzz'")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
    if(NOT sanitize)
        set(sanitize "address,undefined")
    endif()
endif()
if(sanitize)
    # The checks a sanitizer inserts make gcc believe in null pointers and unset values that cannot be.
    add_compile_options(-fsanitize=${sanitize} -fno-sanitize-recover=all -Wno-null-dereference)
    add_link_options(-fsanitize=${sanitize})
    if(CMAKE_C_COMPILER_ID STREQUAL GNU)
        add_compile_options(-Wno-maybe-uninitialized)
    endif()
else()
    add_compile_options(-fstack-protector-strong)
    if(CMAKE_C_COMPILER_ID STREQUAL GNU) # under clang it makes macros of the very functions that banned.h poisons
        add_compile_options("$<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
    endif()
    add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()
