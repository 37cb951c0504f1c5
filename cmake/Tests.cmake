# SPDX-License-Identifier: Apache-2.0
#
# Everything under tests/ and bench/ by its place:
#   tests/F/test_X.c             test_F_X, cmocka, linked to banto_F                       label unit
#                                (folders that start threads also                          label threads)
#   tests/fuzz/fuzz_X.c          replay_X over tests/fuzz/corpus/X/*                       label replay
#                                and, with BANTO_FUZZ, the libFuzzer target fuzz_X
#   tests/scenarios/*.txt        each through the program made of tests/scenarios/*.c      label scenario
#   tests/sim/*.c                banto-sim; without arguments it must be short             label sim
#   tests/{programs,faults,interop}/*.sh   with BANTO_BIN=folder of the programs; 77=skip  label program
#   tests/faults/X.c             faults_X, which tests/faults/X.sh runs
#   bench/X.c                    bench_X, not run by ctest (tools/bench)
#   bench/jobs/X.c               X beside them, a static program without start-up code: a job that costs next to nothing
# `make check-long` sets BANTO_LONG=1 in the environment of all of them.
set(tests ${CMAKE_SOURCE_DIR}/tests)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET QUIET cmocka)

# Folders whose code starts threads or is called from several: their tests run under TSan as well. The agent and its keeper
# are one thread each.
set(BANTO_THREADED os store engine api http)
add_custom_target(threaded_tests)

# An executable for tests or benchmarks: found headers as "folder/x.h" and as "tests/unit.h".
function(banto_test_program name)
    add_executable(${name} ${ARGN})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
    target_compile_options(${name} PRIVATE -Wno-unused-parameter) # cmocka's void **state
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    if(TARGET banto_test_support)
        target_link_libraries(${name} PRIVATE banto_test_support)
    endif()
    banto_link_by_includes(${name} ${ARGN})
endfunction()

function(banto_add_test name labels timeout_sec)
    add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout_sec} SKIP_RETURN_CODE 77
        ENVIRONMENT "BANTO_ROOT=${CMAKE_SOURCE_DIR};BANTO_BUILD=${CMAKE_BINARY_DIR};BANTO_BIN=${CMAKE_BINARY_DIR}/bin")
endfunction()

file(GLOB support CONFIGURE_DEPENDS ${tests}/support/*.c)
if(support)
    add_library(banto_test_support STATIC ${support})
    target_include_directories(banto_test_support PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR})
    target_compile_options(banto_test_support PRIVATE -Wno-unused-parameter)
    target_link_libraries(banto_test_support PUBLIC PkgConfig::CMOCKA)
    # Linked by the tests in their turn, so that one folder's test needs no other folder's library.
endif()

foreach(folder IN LISTS BANTO_FOLDERS)
    banto_library_name(${folder} library)
    string(REPLACE / _ prefix ${folder})
    file(GLOB sources CONFIGURE_DEPENDS ${tests}/${folder}/test_*.c)
    foreach(source IN LISTS sources)
        if(NOT TARGET ${library})
            message(STATUS "${source} waits for src/${folder}")
            continue()
        endif()
        get_filename_component(name ${source} NAME_WE)
        string(REGEX REPLACE "^test_" "test_${prefix}_" name ${name})
        set(labels unit)
        if(folder IN_LIST BANTO_THREADED)
            list(APPEND labels threads)
        endif()
        banto_test_program(${name} ${source})
        target_link_libraries(${name} PRIVATE ${library} PkgConfig::CMOCKA)
        banto_add_test(${name} "${labels}" 300 ${name})
        if(folder IN_LIST BANTO_THREADED)
            add_dependencies(threaded_tests ${name})
        endif()
    endforeach()
endforeach()

file(GLOB sources CONFIGURE_DEPENDS ${tests}/fuzz/fuzz_*.c)
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    string(REGEX REPLACE "^fuzz_" "" noun ${name})
    banto_test_program(replay_${noun} ${source} ${tests}/fuzz/replay_main.c)
    banto_add_test(replay_${noun} replay 300 replay_${noun} ${tests}/fuzz/corpus/${noun})
    if(BANTO_FUZZ)
        banto_test_program(${name} ${source})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    endif()
endforeach()

file(GLOB sources CONFIGURE_DEPENDS ${tests}/scenarios/*.c)
file(GLOB scripts CONFIGURE_DEPENDS ${tests}/scenarios/*.txt)
if(sources AND TARGET banto_engine)
    banto_test_program(run_scenarios ${sources})
    target_link_libraries(run_scenarios PRIVATE banto_engine)
    foreach(script IN LISTS scripts)
        get_filename_component(name ${script} NAME_WE)
        banto_add_test(scenario_${name} scenario 120 run_scenarios ${script})
    endforeach()
endif()

file(GLOB sources CONFIGURE_DEPENDS ${tests}/sim/*.c)
if(sources AND TARGET banto_engine)
    banto_test_program(banto-sim ${sources})
    target_link_libraries(banto-sim PRIVATE banto_engine)
    banto_add_test(sim sim 900 banto-sim)
endif()

file(GLOB scripts CONFIGURE_DEPENDS ${tests}/programs/*.sh ${tests}/faults/*.sh ${tests}/interop/*.sh)
foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    get_filename_component(folder ${script} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
    set(timeout_sec 600)
    if(folder STREQUAL faults)
        set(timeout_sec 3600) # the long forms; they know their own limits
    endif()
    banto_add_test(${folder}_${name} program ${timeout_sec} sh ${script})
    if(name STREQUAL packages) # builds everything once more: beside it nothing could keep its times
        set_tests_properties(${folder}_${name} PROPERTIES RUN_SERIAL ON)
    endif()
endforeach()

file(GLOB sources CONFIGURE_DEPENDS ${tests}/faults/*.c)
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    banto_test_program(faults_${name} ${source})
endforeach()

if(NOT sanitize)
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/jobs/*.c)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME_WE)
        add_executable(job_${name} ${source})
        target_compile_options(job_${name} PRIVATE -O2 -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE)
        target_link_options(job_${name} PRIVATE -static -nostartfiles -no-pie)
        set_target_properties(job_${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    endforeach()
endif()

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*.c)
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    banto_test_program(bench_${name} ${source})
    set_target_properties(bench_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
endforeach()
