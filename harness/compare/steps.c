/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps: for each input, what left because of it. The first difference found here says most,
 * since it names the input. What leaves on one interface is compared in order; between interfaces
 * a recorder with one socket for each cannot tell the order. Keys that only one side has do not
 * count: nfref tells more than a kernel does.
 */
#include "compare/compare.h"

#include "json.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_OUT 1024

struct out {
	struct nfr_json_text dev, hex;
};

struct step {
	struct nfr_json_text in, ctstate, verdict, reason;
	uint64_t n;
	struct out out[MAX_OUT];
	unsigned n_out;
};

static bool parse_out(struct nfr_json *json, struct step *step)
{
	bool first = true, inner;
	struct out spare;

	if (!nfr_json_open(json, '['))
		return false;
	while (nfr_json_more(json, ']', &first)) {
		struct out *out = step->n_out < MAX_OUT ? &step->out[step->n_out++] : &spare;

		inner = true;
		if (!nfr_json_open(json, '[') || !nfr_json_more(json, ']', &inner) ||
		    !nfr_json_string(json, &out->dev) || !nfr_json_more(json, ']', &inner) ||
		    !nfr_json_string(json, &out->hex) || nfr_json_more(json, ']', &inner))
			return false;
	}
	return !json->bad;
}

static bool parse_value(struct nfr_json *json, struct nfr_json_text *key, struct step *step)
{
	static const struct {
		const char *key;
		size_t off;
	} word[] = {{"in", offsetof(struct step, in)},
		    {"ctstate", offsetof(struct step, ctstate)},
		    {"verdict", offsetof(struct step, verdict)},
		    {"reason", offsetof(struct step, reason)}};
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

static bool parse_step(const struct nfr_line *line, struct step *step)
{
	struct nfr_json json = nfr_json_of(line->p, line->len);
	struct nfr_json_text key;
	bool first = true;

	memset(step, 0, offsetof(struct step, out));
	step->n_out = 0;
	if (!nfr_json_open(&json, '{'))
		return false;
	while (nfr_json_more(&json, '}', &first))
		if (!nfr_json_key(&json, &key) || !parse_value(&json, &key, step))
			return false;
	return !json.bad && step->in.p;
}

static bool same_word(const struct nfr_json_text *a, const struct nfr_json_text *b)
{
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
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

static uint32_t bytes_of(const struct nfr_json_text *hex, uint8_t *to, uint32_t room)
{
	uint8_t high, low;
	uint32_t n;

	for (n = 0; n < room && n * 2 + 1 < hex->len; n++) {
		if (!hex_digit(hex->p[n * 2], &high) || !hex_digit(hex->p[n * 2 + 1], &low))
			break;
		to[n] = (uint8_t)(high << 4 | low);
	}
	return n;
}

#define MAX_FRAME 131072u

static uint8_t want_bytes[MAX_FRAME], got_bytes[MAX_FRAME];

/* LINKTYPE_RAW on local.pcap and on interfaces without link-layer addresses: an Ethernet frame of
 * these recordings begins with 02, 01, 33 or ff, never with an IP version. */
static bool is_raw(const struct nfr_json_text *dev, const uint8_t *p, uint32_t len)
{
	if (nfr_json_is(dev, "local"))
		return true;
	return len >= 20 && (p[0] >> 4 == 4 || p[0] >> 4 == 6) &&
	       !(len > 14 && ((p[12] == 8 && p[13] == 0) || (p[12] == 0x86 && p[13] == 0xdd)));
}

/* The nth packet that left on the interface, or NULL. */
static const struct out *nth_on(const struct step *step, const struct nfr_json_text *dev,
				unsigned nth)
{
	unsigned i;

	for (i = 0; i < step->n_out; i++)
		if (same_word(&step->out[i].dev, dev) && nth-- == 0)
			return &step->out[i];
	return NULL;
}

static unsigned count_before(const struct step *step, unsigned at)
{
	unsigned i, n = 0;

	for (i = 0; i < at; i++)
		n += same_word(&step->out[i].dev, &step->out[at].dev);
	return n;
}

/* Its in-th packet's partner on the other side, compared. */
static bool compare_out(struct nfr_cmp *cmp, const struct step *want, const struct step *got,
			unsigned at)
{
	const struct out *w = &want->out[at];
	const struct out *g = nth_on(got, &w->dev, count_before(want, at));
	uint32_t w_len = bytes_of(&w->hex, want_bytes, MAX_FRAME), g_len;
	bool raw = is_raw(&w->dev, want_bytes, w_len);

	if (!g) {
		nfr_cmp_differ(cmp, "step %lu (in %.*s): only WANT has a packet out on %.*s",
			       (unsigned long)want->n, (int)want->in.len, want->in.p,
			       (int)w->dev.len, w->dev.p);
		nfr_cmp_show_packet(cmp, raw, want_bytes, w_len);
		return false;
	}
	if (same_word(&w->hex, &g->hex) && !cmp->chosen.n)
		return true;
	g_len = bytes_of(&g->hex, got_bytes, MAX_FRAME);
	if (nfr_cmp_packet(cmp, raw, want_bytes, w_len, got_bytes, g_len))
		return true;
	nfr_cmp_differ(cmp, "step %lu (in %.*s): the packet out on %.*s", (unsigned long)want->n,
		       (int)want->in.len, want->in.p, (int)w->dev.len, w->dev.p);
	nfr_cmp_show_packets(cmp, raw, want_bytes, w_len, got_bytes, g_len);
	return false;
}

static bool surplus(struct nfr_cmp *cmp, const struct step *want, const struct step *got)
{
	uint32_t len;
	unsigned i;

	for (i = 0; i < got->n_out; i++) {
		const struct out *g = &got->out[i];

		if (nth_on(want, &g->dev, count_before(got, i)))
			continue;
		nfr_cmp_differ(cmp, "step %lu (in %.*s): only GOT has a packet out on %.*s",
			       (unsigned long)got->n, (int)got->in.len, got->in.p,
			       (int)g->dev.len, g->dev.p);
		len = bytes_of(&g->hex, got_bytes, MAX_FRAME);
		nfr_cmp_show_packet(cmp, is_raw(&g->dev, got_bytes, len), got_bytes, len);
		return true;
	}
	return false;
}

static bool same_key(struct nfr_cmp *cmp, const struct step *want, const char *key,
		     const struct nfr_json_text *w, const struct nfr_json_text *g)
{
	if (!w->p || !g->p || same_word(w, g))
		return true;
	nfr_cmp_differ(cmp, "step %lu (in %.*s): %s is %.*s, not %.*s", (unsigned long)want->n,
		       (int)want->in.len, want->in.p, key, (int)g->len, g->p, (int)w->len, w->p);
	return false;
}

static bool compare_step(struct nfr_cmp *cmp, const struct step *want, const struct step *got)
{
	unsigned i;

	if (!same_word(&want->in, &got->in) || want->n != got->n) {
		nfr_cmp_differ(cmp, "steps: input %lu on %.*s, not %lu on %.*s",
			       (unsigned long)got->n, (int)got->in.len, got->in.p,
			       (unsigned long)want->n, (int)want->in.len, want->in.p);
		return false;
	}
	for (i = 0; i < want->n_out; i++)
		if (!compare_out(cmp, want, got, i))
			return false;
	return !surplus(cmp, want, got) &&
	       same_key(cmp, want, "ctstate", &want->ctstate, &got->ctstate) &&
	       same_key(cmp, want, "verdict", &want->verdict, &got->verdict) &&
	       same_key(cmp, want, "reason", &want->reason, &got->reason);
}

static int compare_texts(struct nfr_cmp *cmp, const struct nfr_text *want,
			 const struct nfr_text *got, struct nfr_diag *diag)
{
	static struct step w, g;
	struct nfr_line wl = {0}, gl = {0};
	bool more_w, more_g;

	for (;;) {
		more_w = nfr_text_next(want, &wl);
		more_g = nfr_text_next(got, &gl);
		if (more_w && !parse_step(&wl, &w))
			return nfr_diag_at(diag, want->name, wl.no, 0, "not a step");
		if (more_g && !parse_step(&gl, &g))
			return nfr_diag_at(diag, got->name, gl.no, 0, "not a step");
		if (!more_w && !more_g)
			return 0;
		if (!more_w || !more_g) {
			nfr_cmp_differ(cmp, "steps: only %s has step %u", more_w ? "WANT" : "GOT",
				       (more_w ? wl.no : gl.no) - 1);
			return 0;
		}
		if (!compare_step(cmp, &w, &g))
			return 0;
	}
}

int nfr_cmp_steps(struct nfr_cmp *cmp, struct nfr_diag *diag)
{
	char want_path[4096], got_path[4096];
	struct nfr_text want, got;
	int status;

	snprintf(want_path, sizeof(want_path), "%s/steps", cmp->want);
	snprintf(got_path, sizeof(got_path), "%s/steps", cmp->got);
	want = nfr_text_string(want_path, "");
	got = nfr_text_string(got_path, "");
	if (access(want_path, F_OK) == 0 && nfr_text_load(&want, want_path, diag) < 0)
		return -1;
	if (access(got_path, F_OK) == 0 && nfr_text_load(&got, got_path, diag) < 0) {
		nfr_text_free(&want);
		return -1;
	}
	status = compare_texts(cmp, &want, &got, diag);
	nfr_text_free(&want);
	nfr_text_free(&got);
	return status;
}
