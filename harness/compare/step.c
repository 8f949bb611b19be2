/* SPDX-License-Identifier: BSD-2-Clause */
#include "compare/step.h"

#include <string.h>

static bool parse_out(struct nfr_json *json, struct nfr_step *step)
{
	bool first = true, inner;
	struct nfr_step_out spare;

	if (!nfr_json_open(json, '['))
		return false;
	while (nfr_json_more(json, ']', &first)) {
		struct nfr_step_out *out = step->n_out < NFR_STEP_MAX_OUT ? &step->out[step->n_out++] : &spare;

		inner = true;
		if (!nfr_json_open(json, '[') || !nfr_json_more(json, ']', &inner) ||
		    !nfr_json_string(json, &out->dev) || !nfr_json_more(json, ']', &inner) ||
		    !nfr_json_string(json, &out->hex) || nfr_json_more(json, ']', &inner))
			return false;
	}
	return !json->bad;
}

static bool parse_value(struct nfr_json *json, struct nfr_json_text *key, struct nfr_step *step)
{
	static const struct {
		const char *key;
		size_t off;
	} word[] = {{"in", offsetof(struct nfr_step, in)},
		    {"ctstate", offsetof(struct nfr_step, ctstate)},
		    {"verdict", offsetof(struct nfr_step, verdict)},
		    {"reason", offsetof(struct nfr_step, reason)}};
	struct nfr_json ahead = *json;
	unsigned i;

	if (nfr_json_is(key, "n"))
		return nfr_json_number(json, &step->n);
	if (nfr_json_is(key, "out"))
		return parse_out(json, step);
	for (i = 0; i < sizeof(word) / sizeof(*word); i++) {
		struct nfr_json_text *to = (void *)((char *)step + word[i].off);

		if (!nfr_json_is(key, word[i].key))
			continue;
		if (nfr_json_string(&ahead, to)) { /* else null */
			*json = ahead;
			return true;
		}
	}
	return nfr_json_skip(json);
}

bool nfr_step_parse(struct nfr_step *step, const char *line, size_t len)
{
	struct nfr_json json = nfr_json_of(line, len);
	struct nfr_json_text key;
	bool first = true;

	memset(step, 0, offsetof(struct nfr_step, out));
	if (!nfr_json_open(&json, '{'))
		return false;
	while (nfr_json_more(&json, '}', &first))
		if (!nfr_json_key(&json, &key) || !parse_value(&json, &key, step))
			return false;
	return !json.bad && step->in.p;
}

const struct nfr_step_out *nfr_step_nth(const struct nfr_step *step, const char *dev,
					size_t dev_len, unsigned nth)
{
	unsigned i;

	for (i = 0; i < step->n_out; i++)
		if (step->out[i].dev.len == dev_len && !memcmp(step->out[i].dev.p, dev, dev_len) &&
		    nth-- == 0)
			return &step->out[i];
	return NULL;
}

static bool hex_digit(char c, uint8_t *v)
{
	if (c >= '0' && c <= '9')
		*v = (uint8_t)(c - '0');
	else if ((c | 32) >= 'a' && (c | 32) <= 'f')
		*v = (uint8_t)((c | 32) - 'a' + 10);
	else
		return false;
	return true;
}

uint32_t nfr_step_bytes(const struct nfr_step_out *out, uint8_t *to, uint32_t room)
{
	const struct nfr_json_text *hex = &out->hex;
	uint8_t high, low;
	uint32_t n;

	for (n = 0; n < room && n * 2 + 1 < hex->len; n++) {
		if (!hex_digit(hex->p[n * 2], &high) || !hex_digit(hex->p[n * 2 + 1], &low))
			break;
		to[n] = (uint8_t)(high << 4 | low);
	}
	return n;
}
