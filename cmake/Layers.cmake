# SPDX-License-Identifier: Apache-2.0
#
# A static library banto_F for every folder src/F of `layers` that has code, linked to the folders on its line.
# Sets BANTO_FOLDERS (every folder listed) and BANTO_MAINS (name of each main; its line in BANTO_USES_<main>).
find_package(PkgConfig REQUIRED)

# Outside libraries by folder; docs/dependencies.md says why each. The keeper has none, on purpose.
set(BANTO_PKG_wire jansson libcyaml yaml-0.1)
set(BANTO_PKG_os libuv libsodium liboath libqrencode)
set(BANTO_PKG_store sqlite3 libcrypto)
set(BANTO_PKG_http libmicrohttpd gnutls libcurl)
set(BANTO_PKG_agent libcurl libuv jansson)
set(BANTO_PKG_cli libcurl jansson libutf8proc)

# banned.h is put before every file that is not base's own (found again at each build, so it may appear later).
file(GLOB BANTO_BANNED CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/base/banned.h)

function(banto_ban target)
    if(BANTO_BANNED)
        target_compile_options(${target} PRIVATE -include ${BANTO_BANNED})
    endif()
endfunction()

# "agent/keeper" -> banto_keeper
function(banto_library_name folder ret)
    get_filename_component(name ${folder} NAME)
    set(${ret} banto_${name} PARENT_SCOPE)
endfunction()

# Links `target` to the libraries of `folders` that exist.
function(banto_link target scope)
    foreach(folder IN LISTS ARGN)
        banto_library_name(${folder} library)
        if(TARGET ${library})
            target_link_libraries(${target} ${scope} ${library})
        endif()
    endforeach()
endfunction()

# Links `target` to every folder that its sources include a header of.
function(banto_link_by_includes target)
    foreach(source IN LISTS ARGN)
        set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
        file(STRINGS ${source} includes REGEX "^[ \t]*#[ \t]*include[ \t]+\"")
        foreach(folder IN LISTS BANTO_FOLDERS)
            if("${includes}" MATCHES "\"${folder}/")
                banto_link(${target} PRIVATE ${folder})
            endif()
        endforeach()
    endforeach()
endfunction()

function(banto_folder folder)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.c)
    foreach(inner IN LISTS BANTO_FOLDERS) # agent/keeper is no part of agent
        if(inner MATCHES "^${folder}/")
            list(FILTER sources EXCLUDE REGEX "/src/${inner}/")
        endif()
    endforeach()
    if(NOT sources)
        return()
    endif()
    banto_library_name(${folder} library)
    add_library(${library} STATIC ${sources})
    target_include_directories(${library} PUBLIC ${CMAKE_SOURCE_DIR}/src)
    banto_link(${library} PUBLIC ${ARGN})
    if(NOT folder STREQUAL base)
        banto_ban(${library})
    endif()
    foreach(package IN LISTS BANTO_PKG_${folder})
        string(MAKE_C_IDENTIFIER "PKG_${package}" prefix)
        pkg_check_modules(${prefix} REQUIRED IMPORTED_TARGET GLOBAL QUIET ${package})
        target_link_libraries(${library} PRIVATE PkgConfig::${prefix})
    endforeach()
endfunction()

set(BANTO_FOLDERS)
set(BANTO_MAINS)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/layers)
file(STRINGS ${CMAKE_SOURCE_DIR}/layers lines REGEX "^[a-z]")
foreach(line IN LISTS lines)
    string(REGEX REPLACE "[ \t]+" ";" words "${line}")
    list(POP_FRONT words name)
    if(name MATCHES "^(.*)\\.c$")
        list(APPEND BANTO_MAINS ${CMAKE_MATCH_1})
        set(BANTO_USES_${CMAKE_MATCH_1} ${words})
    else()
        list(APPEND BANTO_FOLDERS ${name})
        banto_folder(${name} ${words})
    endif()
endforeach()
