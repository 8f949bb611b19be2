/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flows (flow.h) as frames. A frame is 60 bytes, the least that Ethernet carries before its check
 * sequence. Making one is a copy of its form, four numbers, and sums of these added to those of
 * the form: little beside what is measured.
 */
#include "bench.h"

#include "base/bytes.h"
#include "base/csum.h"

static enum bench_flows flows_of(const struct bench_workload *w)
{
	if (w->path == BENCH_RULES)
		return BENCH_SCATTERED;
	if (w->path == BENCH_HELPER)
		return BENCH_TO_FTP;
	if (w->traffic == &bench_ports)
		return BENCH_ONE_PORT;
	return w->nat == BENCH_DNAT ? BENCH_INCOMING : BENCH_OUTGOING;
}

static inline struct bench_ends ends_of(const struct bench_workload *w, uint32_t flow,
					enum bench_dir dir)
{
	if (dir == BENCH_ORIG)
		return bench_first(flows_of(w), flow);
	return bench_answer(flows_of(w), flow, w->nat == BENCH_SNAT || w->nat == BENCH_MASQ);
}

struct bench_ends bench_ends_of(const struct bench_workload *w, uint32_t flow, enum bench_dir dir)
{
	return ends_of(w, flow, dir);
}

void bench_put_ether(uint8_t *frame, bool inside)
{
	static const uint8_t ether[14] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0xfe, 8, 0};

	memcpy(frame, ether, sizeof(ether));
	frame[4] = frame[10] = inside ? 1 : 2;
}

static void put_tcp(uint8_t *p, enum bench_dir dir, uint8_t flags)
{
	bool syn = flags & BENCH_SYN;
	uint32_t seq = (dir == BENCH_ORIG ? BENCH_SEQ_ORIG : BENCH_SEQ_REPLY) + !syn;
	uint32_t ack = (dir == BENCH_ORIG ? BENCH_SEQ_REPLY : BENCH_SEQ_ORIG) + 1;

	nfr_put32(p + 4, seq);
	nfr_put32(p + 8, flags & BENCH_ACK ? ack : 0);
	p[12] = 0x50;
	p[13] = flags;
	nfr_put16(p + 14, BENCH_WINDOW);
}

void bench_form_set(struct bench_form *form, const struct bench_workload *w, enum bench_dir dir,
		    uint8_t tcp_flags)
{
	static const uint8_t head[12] = {0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, 0, 0, 0};
	uint8_t *ip = form->bytes + 14, *l4 = ip + 20;
	bool tcp = w->proto == NFR_IPPROTO_TCP;
	uint16_t l4_len = tcp ? 20 : 26;

	*form = (struct bench_form){.w = w, .dir = dir};
	bench_put_ether(form->bytes, (dir == BENCH_ORIG) != (w->nat == BENCH_DNAT));
	memcpy(ip, head, sizeof(head));
	nfr_put16(ip + 2, (uint16_t)(20 + l4_len));
	ip[9] = w->proto;
	if (tcp)
		put_tcp(l4, dir, tcp_flags);
	else
		nfr_put16(l4 + 4, l4_len);
	form->ip_sum = nfr_csum_fold(nfr_csum_add(0, ip, 20));
	form->l4_sum = nfr_csum_fold(nfr_csum_add((uint32_t)w->proto + l4_len, l4, l4_len));
}

void bench_frame(uint8_t *frame, const struct bench_form *form, uint32_t flow)
{
	struct bench_ends e = ends_of(form->w, flow, form->dir);
	uint32_t addrs = (e.src >> 16) + (e.src & 0xffff) + (e.dst >> 16) + (e.dst & 0xffff);
	uint8_t *ip = frame + 14, *l4 = ip + 20;
	unsigned csum_off = form->w->proto == NFR_IPPROTO_TCP ? 16 : 6;

	memcpy(frame, form->bytes, sizeof(form->bytes));
	nfr_put32(ip + 12, e.src);
	nfr_put32(ip + 16, e.dst);
	nfr_put16(ip + 10, (uint16_t)~nfr_csum_fold(form->ip_sum + addrs));
	nfr_put16(l4, (uint16_t)e.sport);
	nfr_put16(l4 + 2, (uint16_t)e.dport);
	nfr_put16(l4 + csum_off,
		  (uint16_t)~nfr_csum_fold(form->l4_sum + addrs + e.sport + e.dport));
}

uint16_t bench_side(const struct bench_world *world, enum bench_dir dir)
{
	bool inside = (dir == BENCH_ORIG) != (world->w->nat == BENCH_DNAT);

	return inside ? world->inside : world->outside;
}
