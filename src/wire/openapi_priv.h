/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * openapi_priv - the two halves of the document: paths (openapi.c) and answers (openapi_answers.c).
 */
#include "wire/answers.h"
#include "wire/json.h"

/* Both languages of a help text, as members of an open schema. */
void openapi_help(struct json *j, const char *const help[LANGS]);
/* "enum" of the words as a person may write them. */
void openapi_words(struct json *j, const char *words);
/* "responses": what the operation answers, and how it refuses. */
void openapi_responses(struct json *j, const struct operation *operation);
/* "components": the shapes, the error, common parameters, ways to log in. */
void openapi_components(struct json *j);
