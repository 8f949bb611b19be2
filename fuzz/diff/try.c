/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One scenario: Linux does it, nfref does it, they are compared. Then, for a difference, with the
 * same packets once more.
 */
#include "judge.h"

#include "run/rebind.h"
#include "traffic.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REAL_PAUSE_NS 200000000u /* a gap as long as this is one that was meant */

static enum diff_verdict end(struct diff_kernel *k, bool done, const char *dir,
			     struct diff_text *told)
{
	enum diff_verdict verdict = k->refused ? DIFF_REFUSED : DIFF_UNUSABLE;

	if (done)
		done = diff_kernel_finish(k);
	if (!done)
		diff_put(told, "Linux: %s\n", diff_str(&k->why));
	if (k->refused && !k->record->n_steps) {
		/* the case, for people */
		diff_case_write(k->s, k->record, dir);
	}
	diff_kernel_close(k);
	return done ? DIFF_SAME : verdict;
}

enum diff_verdict diff_try(struct diff_scenario *s, struct diff_record *r, const char *dir,
			   struct diff_text *told)
{
	enum diff_verdict verdict;
	struct diff_kernel k;
	bool done;

	memset(r, 0, sizeof(*r));
	done = diff_kernel_open(&k, s, r) && diff_traffic_run(s, &k);
	verdict = end(&k, done, dir, told);
	return verdict == DIFF_SAME ? diff_judge(s, r, dir, told) : verdict;
}

static void keep_pace(struct diff_kernel *k, const struct diff_record *from, unsigned i)
{
	uint64_t gap = i ? from->step[i].ts_ns - from->step[i - 1].ts_ns : 0;

	(void)k;
	if (gap >= REAL_PAUSE_NS)
		usleep((useconds_t)(gap / 1000));
}

static bool send_all(struct diff_kernel *k, const struct diff_record *from,
		     struct nfr_rebind *rebind)
{
	struct diff_step *step;
	unsigned i, j;
	uint8_t *copy;

	for (i = 0; i < from->n_steps; i++) {
		const struct diff_packet *in = &from->step[i].in;
		bool raw = in->dev == 0 || diff_is_tun(k->s, in->dev);

		keep_pace(k, from, i);
		copy = diff_alloc(in->len + 1);
		memcpy(copy, in->data, in->len);
		nfr_rebind_input(rebind, copy, in->len, raw);
		step = diff_kernel_send(k, in->dev, copy, in->len);
		free(copy);
		for (j = 0; step && j < step->n_out; j++)
			nfr_rebind_output(rebind, diff_dev(k->s, step->out[j].dev),
					  step->out[j].data, step->out[j].len,
					  step->out[j].dev == 0 ||
						  diff_is_tun(k->s, step->out[j].dev));
		if (!step)
			return false;
	}
	return true;
}

enum diff_verdict diff_again(struct diff_scenario *s, const struct diff_record *from,
			     struct diff_record *r, const char *dir, struct diff_text *told)
{
	struct nfr_rebind rebind;
	enum diff_verdict verdict;
	struct diff_kernel k;
	char want[400];
	bool done;

	memset(r, 0, sizeof(*r));
	diff_case_write(s, from, dir);
	snprintf(want, sizeof(want), "%s/want", dir);
	nfr_rebind_open(&rebind, want);
	done = diff_kernel_open(&k, s, r) && send_all(&k, from, &rebind);
	verdict = end(&k, done, dir, told);
	nfr_rebind_close(&rebind);
	return verdict == DIFF_SAME ? diff_judge(s, r, dir, told) : verdict;
}
