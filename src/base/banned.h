/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * banned - functions that are not used anywhere in Banto, each with what to use instead.
 *
 * Included by the compiler before every source file. System headers come first so that
 * poisoning hits only our own calls.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__GNUC__)
#pragma GCC poison strcpy strcat stpcpy strncpy strncat /* str_copy, strbuf_* of base/str.h */
#pragma GCC poison sprintf vsprintf gets                /* snprintf, strbuf_printf */
#pragma GCC poison strtok strtok_r                      /* str_cut of base/str.h */
#pragma GCC poison atoi atol atoll atof                 /* str_to_i64 of base/str.h */
#pragma GCC poison gmtime localtime mktime asctime ctime strftime /* base/time.h, calendar/zone.h */
#pragma GCC poison srand srandom drand48                /* a seed passed as an argument; rand and random are words of */
                                                        /* libuv's and OpenSSL's headers: see tools/check-banned */
#undef alloca
#pragma GCC poison alloca
#endif
