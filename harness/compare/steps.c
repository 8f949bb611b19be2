/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The steps: for each input, what left because of it. The first difference found here says most,
 * since it names the input. What leaves on one interface is compared in order; between interfaces
 * a recorder with one socket for each cannot tell the order. Keys that only one side has do not
 * count: nfref tells more than a kernel does.
 */
#include "compare/compare.h"

#include "compare/step.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool same_word(const struct nfr_json_text *a, const struct nfr_json_text *b)
{
	return a->len == b->len && !memcmp(a->p, b->p, a->len);
}

static uint8_t want_bytes[NFR_STEP_MAX_FRAME], got_bytes[NFR_STEP_MAX_FRAME];

/* LINKTYPE_RAW on local.pcap and on interfaces without link-layer addresses: an Ethernet frame of
 * these recordings begins with 02, 01, 33 or ff, never with an IP version. */
static bool is_raw(const struct nfr_json_text *dev, const uint8_t *p, uint32_t len)
{
	if (nfr_json_is(dev, "local"))
		return true;
	return len >= 20 && (p[0] >> 4 == 4 || p[0] >> 4 == 6) &&
	       !(len > 14 && ((p[12] == 8 && p[13] == 0) || (p[12] == 0x86 && p[13] == 0xdd)));
}

static unsigned count_before(const struct nfr_step *step, unsigned at)
{
	unsigned i, n = 0;

	for (i = 0; i < at; i++)
		n += same_word(&step->out[i].dev, &step->out[at].dev);
	return n;
}

/* Its in-th packet's partner on the other side, compared. */
static bool compare_out(struct nfr_cmp *cmp, const struct nfr_step *want, const struct nfr_step *got,
			unsigned at)
{
	const struct nfr_step_out *w = &want->out[at];
	const struct nfr_step_out *g = nfr_step_nth(got, w->dev.p, w->dev.len, count_before(want, at));
	uint32_t w_len = nfr_step_bytes(w, want_bytes, NFR_STEP_MAX_FRAME), g_len;
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
	g_len = nfr_step_bytes(g, got_bytes, NFR_STEP_MAX_FRAME);
	if (nfr_cmp_packet(cmp, raw, want_bytes, w_len, got_bytes, g_len))
		return true;
	nfr_cmp_differ(cmp, "step %lu (in %.*s): the packet out on %.*s", (unsigned long)want->n,
		       (int)want->in.len, want->in.p, (int)w->dev.len, w->dev.p);
	nfr_cmp_show_packets(cmp, raw, want_bytes, w_len, got_bytes, g_len);
	return false;
}

static bool surplus(struct nfr_cmp *cmp, const struct nfr_step *want, const struct nfr_step *got)
{
	uint32_t len;
	unsigned i;

	for (i = 0; i < got->n_out; i++) {
		const struct nfr_step_out *g = &got->out[i];

		if (nfr_step_nth(want, g->dev.p, g->dev.len, count_before(got, i)))
			continue;
		nfr_cmp_differ(cmp, "step %lu (in %.*s): only GOT has a packet out on %.*s",
			       (unsigned long)got->n, (int)got->in.len, got->in.p,
			       (int)g->dev.len, g->dev.p);
		len = nfr_step_bytes(g, got_bytes, NFR_STEP_MAX_FRAME);
		nfr_cmp_show_packet(cmp, is_raw(&g->dev, got_bytes, len), got_bytes, len);
		return true;
	}
	return false;
}

static bool same_key(struct nfr_cmp *cmp, const struct nfr_step *want, const char *key,
		     const struct nfr_json_text *w, const struct nfr_json_text *g)
{
	if (!w->p || !g->p || same_word(w, g))
		return true;
	nfr_cmp_differ(cmp, "step %lu (in %.*s): %s is %.*s, not %.*s", (unsigned long)want->n,
		       (int)want->in.len, want->in.p, key, (int)g->len, g->p, (int)w->len, w->p);
	return false;
}

static bool compare_step(struct nfr_cmp *cmp, const struct nfr_step *want, const struct nfr_step *got)
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
	static struct nfr_step w, g;
	struct nfr_line wl = {0}, gl = {0};
	bool more_w, more_g;

	for (;;) {
		more_w = nfr_text_next(want, &wl);
		more_g = nfr_text_next(got, &gl);
		if (more_w && !nfr_step_parse(&w, wl.p, wl.len))
			return nfr_diag_at(diag, want->name, wl.no, 0, "not a step");
		if (more_g && !nfr_step_parse(&g, gl.p, gl.len))
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
