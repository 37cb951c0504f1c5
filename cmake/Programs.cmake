# SPDX-License-Identifier: Apache-2.0
#
# The programs, src/NAME.c, into bin/ of the build folder; and what `make install` puts where.
include(GNUInstallDirs)

foreach(main IN LISTS BANTO_MAINS)
    file(GLOB source CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${main}.c)
    if(NOT source)
        continue()
    endif()
    add_executable(${main} ${source})
    target_include_directories(${main} PRIVATE ${CMAKE_SOURCE_DIR}/src)
    set_target_properties(${main} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
    banto_link(${main} PRIVATE ${BANTO_USES_${main}})
    banto_ban(${main})
    install(TARGETS ${main} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endforeach()

install(DIRECTORY examples/ DESTINATION ${CMAKE_INSTALL_DATADIR}/banto/examples USE_SOURCE_PERMISSIONS OPTIONAL)
# The manual pages want the program just built: tools/man prints its help.
install(CODE "execute_process(COMMAND ${CMAKE_SOURCE_DIR}/tools/man ${CMAKE_BINARY_DIR}/bin/banto
    \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATAROOTDIR}/man COMMAND_ERROR_IS_FATAL ANY)")
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
