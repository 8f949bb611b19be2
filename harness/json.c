/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include <string.h>

struct nfr_json nfr_json_of(const char *text, size_t len)
{
	return (struct nfr_json){.p = text, .end = text + len};
}

static bool fail(struct nfr_json *json)
{
	json->bad = true;
	json->p = json->end;
	return false;
}

static char peek(struct nfr_json *json)
{
	while (json->p < json->end && strchr(" \t\r\n", *json->p) && *json->p)
		json->p++;
	return json->p < json->end ? *json->p : '\0';
}

static bool take(struct nfr_json *json, char c)
{
	if (peek(json) != c)
		return false;
	json->p++;
	return true;
}

bool nfr_json_open(struct nfr_json *json, char bracket)
{
	return take(json, bracket) || fail(json);
}

bool nfr_json_more(struct nfr_json *json, char closing, bool *first)
{
	bool was_first = *first;

	*first = false;
	if (json->bad || take(json, closing))
		return false;
	if (!was_first && !take(json, ','))
		return fail(json);
	return peek(json) != '\0' || fail(json);
}

bool nfr_json_string(struct nfr_json *json, struct nfr_json_text *text)
{
	if (!take(json, '"'))
		return fail(json);
	text->p = json->p;
	while (json->p < json->end && *json->p != '"')
		json->p += *json->p == '\\' && json->p + 1 < json->end ? 2 : 1;
	if (json->p >= json->end)
		return fail(json);
	text->len = (size_t)(json->p - text->p);
	json->p++;
	return true;
}

bool nfr_json_key(struct nfr_json *json, struct nfr_json_text *key)
{
	return nfr_json_string(json, key) && (take(json, ':') || fail(json));
}

bool nfr_json_number(struct nfr_json *json, uint64_t *number)
{
	char c = peek(json);

	if (c < '0' || c > '9')
		return fail(json);
	for (*number = 0; json->p < json->end && *json->p >= '0' && *json->p <= '9'; json->p++)
		*number = *number * 10 + (uint64_t)(*json->p - '0');
	return true;
}

/* One bracket, string or word; depth counts the brackets that are open. */
static bool skip_token(struct nfr_json *json, unsigned *depth)
{
	struct nfr_json_text text;
	char c = peek(json);

	if (c == '"')
		return nfr_json_string(json, &text);
	if (c == '\0')
		return fail(json);
	if (c == '{' || c == '[')
		++*depth;
	if ((c == '}' || c == ']') && (*depth)-- == 0)
		return fail(json);
	json->p++;
	if (strchr("{}[],:", c))
		return true;
	while (json->p < json->end && !strchr(" \t\r\n{}[],:\"", *json->p))
		json->p++;
	return true;
}

bool nfr_json_skip(struct nfr_json *json)
{
	unsigned depth = 0;

	do {
		if (!skip_token(json, &depth))
			return false;
	} while (depth);
	return true;
}

bool nfr_json_is(const struct nfr_json_text *text, const char *word)
{
	return strlen(word) == text->len && !memcmp(text->p, word, text->len);
}

void nfr_json_put(FILE *to, const char *text)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(to, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(to, "\\u%04x", *text);
		else
			fputc(*text, to);
	}
	fputc('"', to);
}
