/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading JSON as it comes: the steps of an adapter, whatever its spacing and order of keys.
 * After an error nothing more is found and `bad` is set.
 */
#ifndef NFR_HARNESS_JSON_H
#define NFR_HARNESS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct nfr_json {
	const char *p, *end;
	bool bad;
};

/* Bytes between the quotes, escapes and all. */
struct nfr_json_text {
	const char *p;
	size_t len;
};

struct nfr_json nfr_json_of(const char *text, size_t len);

/* `{` or `[`. */
bool nfr_json_open(struct nfr_json *json, char bracket);

/* Before each member: true when there is one, false past the closing bracket. `first` begins as
 * true and belongs to this object or array. */
bool nfr_json_more(struct nfr_json *json, char closing, bool *first);

bool nfr_json_key(struct nfr_json *json, struct nfr_json_text *key);
bool nfr_json_string(struct nfr_json *json, struct nfr_json_text *text);
bool nfr_json_number(struct nfr_json *json, uint64_t *number);

/* Any value, passed over. */
bool nfr_json_skip(struct nfr_json *json);

bool nfr_json_is(const struct nfr_json_text *text, const char *word);

/* Writing: a string with its quotes, escaped. */
void nfr_json_put(FILE *to, const char *text);

#endif
