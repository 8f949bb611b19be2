/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fragments of one datagram, in order.
 *
 * Linux keeps runs: fragments that arrived one behind the other. What lies wholly within a run is
 * a duplicate and ignored; what touches a run otherwise is an overlap, for which the datagram is
 * given up (RFC 5722, for IPv4 too since 2018). Two runs that meet stay two: a fragment that
 * spans both, though all its bytes are there, is an overlap.
 *
 * Only a fragment that begins exactly where the last run ends joins it; everything else makes a
 * run of its own. To find the neighbours of a new one among thousands of small runs without a
 * walk over all, a queue notes for each KiB of the datagram the first run that begins in it: at
 * most 64 empty regions and the 128 runs of one are looked at.
 */
#include "pkt/defrag_queue.h"

#define REGION_SHIFT 10u

/* Headers are kept too: the datagram needs the first one's, an error about it quotes them, and
 * their lengths decide whether the datagram can leave in the same pieces. */
uint32_t nfr_frag_store(struct nfr_frags *frags, const struct nfr_pkt *pkt,
			const struct nfr_frag_in *in)
{
	uint32_t left = in->hlen + in->end - in->off, first = 0, *link = &first;
	const uint8_t *p = pkt->data;

	while (left) {
		uint32_t n = left < NFR_CHUNK_DATA ? left : NFR_CHUNK_DATA;
		uint32_t idx = nfr_pool_get_dirty(&frags->chunks);
		struct nfr_chunk *chunk;

		if (!idx) {
			nfr_frag_free(frags, first);
			return 0;
		}
		chunk = nfr_chunk_at(frags, idx);
		memset(chunk, 0, offsetof(struct nfr_chunk, data));
		memcpy(chunk->data, p, n);
		*link = idx;
		link = &chunk->more;
		p += n;
		left -= n;
	}
	nfr_chunk_at(frags, first)->off = in->off;
	nfr_chunk_at(frags, first)->len = (uint16_t)(in->end - in->off);
	nfr_chunk_at(frags, first)->hlen = (uint16_t)in->hlen;
	nfr_chunk_at(frags, first)->roomy = pkt->iif && pkt->link_len == 0;
	return first;
}

void nfr_frag_free(struct nfr_frags *frags, uint32_t idx)
{
	while (idx) {
		uint32_t more = nfr_chunk_at(frags, idx)->more;

		nfr_pool_put(&frags->chunks, idx);
		idx = more;
	}
}

/* Bounded by the number of fragments; the queue is as new afterwards. */
void nfr_frag_free_all(struct nfr_frags *frags, struct nfr_frag_queue *q)
{
	uint32_t run = q->first_run;

	while (run) {
		uint32_t next_run = nfr_chunk_at(frags, run)->next_run, idx = run;

		while (idx) {
			uint32_t next = nfr_chunk_at(frags, idx)->next;

			nfr_frag_free(frags, idx);
			idx = next;
		}
		run = next_run;
	}
	q->first_run = q->last_run = 0;
	memset(q->region, 0, sizeof(q->region));
}

/* The last run that begins at or before `off`, or 0. */
static uint32_t run_before(const struct nfr_frags *frags, const struct nfr_frag_queue *q,
			   uint32_t off)
{
	uint32_t region = off >> REGION_SHIFT, run = q->region[region], next;

	if (!run || nfr_chunk_at(frags, run)->off > off)
		for (run = 0; !run && region > 0; region--)
			run = q->region[region - 1];
	if (!run)
		return 0;
	while ((next = nfr_chunk_at(frags, run)->next_run) != 0 &&
	       nfr_chunk_at(frags, next)->off <= off)
		run = next;
	return run;
}

/* Makes a run of a fragment, behind the run `before` (0: in front). */
static void run_new(struct nfr_frags *frags, struct nfr_frag_queue *q, uint32_t before,
		    uint32_t idx)
{
	struct nfr_chunk *frag = nfr_chunk_at(frags, idx);
	uint32_t *link = before ? &nfr_chunk_at(frags, before)->next_run : &q->first_run;
	uint32_t *region = &q->region[frag->off >> REGION_SHIFT];

	frag->run_last = idx;
	frag->run_end = frag->off + frag->len;
	frag->next_run = *link;
	*link = idx;
	if (q->last_run == before)
		q->last_run = idx;
	if (!*region || nfr_chunk_at(frags, *region)->off > frag->off)
		*region = idx;
}

/* Only at the end of the last run, so no run behind it can be touched. */
static void run_append(struct nfr_frags *frags, uint32_t run, uint32_t idx)
{
	struct nfr_chunk *head = nfr_chunk_at(frags, run);

	nfr_chunk_at(frags, head->run_last)->next = idx;
	head->run_last = idx;
	head->run_end += nfr_chunk_at(frags, idx)->len;
}

/* Behind everything that is there. */
static enum nfr_frag_insert insert_last(struct nfr_frags *frags, struct nfr_frag_queue *q,
					uint32_t idx, uint32_t tail_end)
{
	uint32_t off = nfr_chunk_at(frags, idx)->off;

	if (off < tail_end)
		return NFR_FRAG_OVERLAP;
	if (off == tail_end)
		run_append(frags, q->last_run, idx);
	else
		run_new(frags, q, q->last_run, idx);
	return NFR_FRAG_INSERTED;
}

/* The usual fragment lies behind all others and is found so at once. The test is on where it
 * ends, as in Linux: one that ends with the last run is searched for, and may be a duplicate. */
enum nfr_frag_insert nfr_frag_insert(struct nfr_frags *frags, struct nfr_frag_queue *q,
				     uint32_t idx)
{
	const struct nfr_chunk *frag = nfr_chunk_at(frags, idx), *run;
	uint32_t end = frag->off + frag->len, before, after;

	if (q->last_run) {
		uint32_t tail_end = nfr_chunk_at(frags, q->last_run)->run_end;

		if (tail_end < end)
			return insert_last(frags, q, idx, tail_end);
	}
	before = run_before(frags, q, frag->off);
	after = q->first_run;
	if (before) {
		run = nfr_chunk_at(frags, before);
		if (frag->off < run->run_end)
			return end <= run->run_end ? NFR_FRAG_DUP : NFR_FRAG_OVERLAP;
		after = run->next_run;
	}
	if (after && nfr_chunk_at(frags, after)->off < end)
		return NFR_FRAG_OVERLAP;
	run_new(frags, q, before, idx);
	return NFR_FRAG_INSERTED;
}

void nfr_frag_copy(const struct nfr_frags *frags, uint32_t idx, uint32_t from, uint32_t n,
		   uint8_t *to)
{
	const struct nfr_chunk *chunk = nfr_chunk_at(frags, idx);

	for (; from >= NFR_CHUNK_DATA; from -= NFR_CHUNK_DATA)
		chunk = nfr_chunk_at(frags, chunk->more);
	for (;;) {
		uint32_t here = n < NFR_CHUNK_DATA - from ? n : NFR_CHUNK_DATA - from;

		memcpy(to, chunk->data + from, here);
		to += here;
		n -= here;
		from = 0;
		if (!n)
			break;
		chunk = nfr_chunk_at(frags, chunk->more);
	}
}

/* The fragments of one run lie end to end; adds their bytes to *meat. */
static const char *check_run(const struct nfr_frags *frags, uint32_t run, uint32_t *meat)
{
	const struct nfr_chunk *head = nfr_chunk_at(frags, run);
	uint32_t at = head->off, last = 0;

	for (uint32_t idx = run; idx; idx = nfr_chunk_at(frags, idx)->next) {
		const struct nfr_chunk *frag = nfr_chunk_at(frags, idx);

		if (frag->off != at || frag->len == 0)
			return "fragments of a run do not follow one another";
		at += frag->len;
		last = idx;
	}
	if (at != head->run_end || last != head->run_last)
		return "run does not end where it says";
	*meat += at - head->off;
	return NULL;
}

const char *nfr_frag_check_runs(const struct nfr_frags *frags, const struct nfr_frag_queue *q)
{
	uint32_t meat = 0, end = 0, last = 0;

	for (uint32_t run = q->first_run; run; run = nfr_chunk_at(frags, run)->next_run) {
		const struct nfr_chunk *head = nfr_chunk_at(frags, run);
		const char *wrong = check_run(frags, run, &meat);

		if (wrong)
			return wrong;
		if (head->off < end)
			return "runs overlap or are out of order";
		if (run_before(frags, q, head->off) != run)
			return "run is not found by its offset";
		end = head->run_end;
		last = run;
	}
	if (last != q->last_run || meat != q->meat || end > q->len)
		return "fragments do not add up to their queue";
	return NULL;
}
