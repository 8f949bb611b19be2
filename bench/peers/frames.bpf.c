/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An XDP program that turns whatever frame it is given into the next packet of a flow, as
 * bench/frame.c does for nfref: 60 bytes, both checksums right. Run with live frames, it is the
 * network card in front of the kernel's own path.
 */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "../flow.h"
#include "frames.h"

struct frame {
	uint8_t dst[6], src[6];
	uint16_t type;
	uint8_t version, tos;
	uint16_t len, id, frag;
	uint8_t ttl, proto;
	uint16_t csum;
	uint32_t saddr, daddr;
	uint16_t sport, dport;
	union {
		struct {
			uint32_t seq, ack;
			uint8_t off, flags;
			uint16_t window, csum, urgent;
			uint16_t pad[3];
		} __attribute__((packed)) tcp;
		struct {
			uint16_t len, csum;
			uint16_t data[9];
		} __attribute__((packed)) udp;
	};
} __attribute__((packed));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct frames);
} settings SEC(".maps");

static __always_inline uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static __always_inline uint32_t halves(uint32_t x)
{
	return (x >> 16) + (x & 0xffff);
}

/* Flow, and the direction in the top bit. */
static __always_inline uint32_t next(struct frames *f)
{
	uint32_t flow = f->next;
	uint64_t x = f->random;

	if (!x) {
		f->next = flow + 1;
		return flow | f->dir << 31;
	}
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	f->random = x;
	flow = (uint32_t)((x >> 32) * f->n_flows >> 32);
	return flow | (f->dir == 2 ? (uint32_t)(x & 1) : f->dir) << 31;
}

static __always_inline void put_udp(struct frame *p, uint32_t sum)
{
	__builtin_memset(&p->udp, 0, sizeof(p->udp));
	p->udp.len = bpf_htons(26);
	p->udp.csum = bpf_htons(fold(sum + 17 + 26 + 26));
}

static __always_inline void put_tcp(struct frame *p, const struct frames *f, int reply,
				    uint32_t sum)
{
	int syn = (f->tcp_flags & 2) != 0;
	uint32_t seq = (reply ? BENCH_SEQ_REPLY : BENCH_SEQ_ORIG) + !syn;
	uint32_t ack = f->tcp_flags & 0x10 ? (reply ? BENCH_SEQ_ORIG : BENCH_SEQ_REPLY) + 1 : 0;

	__builtin_memset(&p->tcp, 0, sizeof(p->tcp));
	p->tcp.seq = bpf_htonl(seq);
	p->tcp.ack = bpf_htonl(ack);
	p->tcp.off = 0x50;
	p->tcp.flags = (uint8_t)f->tcp_flags;
	p->tcp.window = bpf_htons(BENCH_WINDOW);
	sum += 6 + 20 + halves(seq) + halves(ack) + (0x5000 | f->tcp_flags) + BENCH_WINDOW;
	p->tcp.csum = bpf_htons(fold(sum));
}

SEC("xdp")
int frames(struct xdp_md *ctx)
{
	struct frame *p = (void *)(long)ctx->data;
	uint32_t zero = 0, which, sum, len;
	struct frames *f = bpf_map_lookup_elem(&settings, &zero);
	struct bench_ends e;

	if (!f || (void *)(p + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	which = next(f);
	if (which >> 31)
		e = bench_answer(f->flows, which & 0x7fffffff, f->snat);
	else
		e = bench_first(f->flows, which);
	__builtin_memcpy(p->dst, f->dst, 6);
	__builtin_memcpy(p->src, f->src, 6);
	p->type = bpf_htons(0x0800);
	p->version = 0x45;
	p->tos = 0;
	len = f->proto == 6 ? 40 : 46;
	p->len = bpf_htons(len);
	p->id = bpf_htons(1);
	p->frag = bpf_htons(0x4000);
	p->ttl = 64;
	p->proto = f->proto;
	p->saddr = bpf_htonl(e.src);
	p->daddr = bpf_htonl(e.dst);
	sum = halves(e.src) + halves(e.dst);
	p->csum = bpf_htons(fold(sum + 0x4500 + len + 1 + 0x4000 + (64 << 8) + f->proto));
	p->sport = bpf_htons(e.sport);
	p->dport = bpf_htons(e.dport);
	sum += e.sport + e.dport;
	if (f->proto == 6)
		put_tcp(p, f, which >> 31, sum);
	else
		put_udp(p, sum);
	return f->action;
}

/* Attached to the interface: only so that it takes frames of the kind above. */
SEC("xdp")
int pass(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
