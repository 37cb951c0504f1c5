/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * openapi - the description of the HTTP interface (OpenAPI 3.1), written from operations.def.
 */
#include "base/str.h"

/* Appends the whole document. */
void openapi_print(struct strbuf *into);
