/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * unit - cmocka with what it needs before it, in the order it needs it. Every unit test includes this first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
