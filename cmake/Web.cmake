# SPDX-License-Identifier: Apache-2.0
#
# The console within the server. web/dist is built by tools/web-build (Node); when it is there its files become a table of
# bantod (tools/embed-web), when it is not the table is empty and the server says how to build it.
set(BANTO_WEB_DIST ${CMAKE_SOURCE_DIR}/web/dist CACHE PATH "The built console")
file(GLOB_RECURSE web_files CONFIGURE_DEPENDS ${BANTO_WEB_DIST}/*)
set(web_table ${CMAKE_BINARY_DIR}/embedded_files.c)
add_custom_command(OUTPUT ${web_table}
    COMMAND sh ${CMAKE_SOURCE_DIR}/tools/embed-web ${BANTO_WEB_DIST} ${web_table}
    DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed-web ${web_files}
    VERBATIM)
set_source_files_properties(${web_table} PROPERTIES OBJECT_DEPENDS "${web_files}")
target_sources(banto_http PRIVATE ${web_table})
if(EXISTS ${CMAKE_SOURCE_DIR}/tools/web-build) # by hand: a build of the server needs no Node; the next build takes the files in
    add_custom_target(web_dist COMMAND ${CMAKE_SOURCE_DIR}/tools/web-build WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} USES_TERMINAL)
endif()
