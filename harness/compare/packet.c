/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether two packets say the same. Equal bytes do; otherwise each byte that differs must lie in
 * a field that may differ:
 *   - the identification of an IPv4 packet, and the flow label of an IPv6 packet, that the router
 *     made itself: Linux draws both from keyed hashes;
 *   - the identification of IPv6 fragments, which it draws anew when it cuts a datagram again;
 *   - ports and ICMP identifiers that NAT picked, as far as they are bound to each other;
 *   - checksums, as far as these differences explain it: both packets must be wrong by the same
 *     amount (by nothing, mostly).
 * The same holds in the packet that an ICMP error quotes.
 */
#include "compare/compare.h"

#include "base/bytes.h"
#include "packet/rewrite.h"

#define ETHER_HLEN 14u

struct pair {
	struct nfr_cmp *cmp;
	const uint8_t *want, *got;
	struct nfr_dissection d; /* of the wanted one; the other must have the same fields */
	bool made_here;
};

/* The ranges that the rules name: a port of one must stay in it. */
static bool ranges_allow(const struct nfr_cmp *cmp, uint16_t want, uint16_t got)
{
	bool confined = false;
	unsigned i;

	for (i = 0; i < cmp->n_ranges; i++) {
		const struct nfr_cmp_range *r = &cmp->range[i];

		if (want < r->min || want > r->max)
			continue;
		if (got >= r->min && got <= r->max)
			return true;
		confined = true;
	}
	return !confined || cmp->free_choice;
}

bool nfr_cmp_ports(struct nfr_cmp *cmp, const struct nfr_ends *want, const uint16_t got[2])
{
	bool swapped;
	struct nfr_cmp_flow flow = nfr_cmp_flow_of(want, &swapped);
	const uint64_t *chosen = nfr_cmp_flows_get(&cmp->chosen, &flow);
	uint16_t to[2] = {got[swapped], got[!swapped]};
	unsigned end;

	if (nfr_bind_has(&cmp->bind, &flow, to))
		return true;
	for (end = 0; end < 2; end++)
		if (flow.port[end] != to[end] && !(chosen && *chosen >> end & 1 &&
						   ranges_allow(cmp, flow.port[end], to[end])))
			return false;
	return !chosen || nfr_bind_put(&cmp->bind, &flow, to, cmp->trial);
}

static bool ports_ok(const struct pair *pair, const struct nfr_field *f)
{
	struct nfr_ends want, got;

	return !nfr_ends_at(&want, pair->want, f) || !nfr_ends_at(&got, pair->got, f) ||
	       nfr_cmp_ports(pair->cmp, &want, got.port);
}

static bool csum_ok(const struct pair *pair, const struct nfr_field *f)
{
	bool want_none = nfr_field_is_no_csum(pair->want, f);
	bool got_none = nfr_field_is_no_csum(pair->got, f);

	if (want_none || got_none)
		return want_none && got_none;
	return nfr_field_residue(pair->want, f) == nfr_field_residue(pair->got, f);
}

/* No sum of differences: made anew, it is right; left alone, the same. That of a datagram in pieces is
 * another when the ports are, which it begins with. */
static bool crc_ok(const struct pair *pair, const struct nfr_field *f)
{
	if (!f->cover_len && memcmp(pair->want + f->cover_off, pair->got + f->cover_off, 4) != 0)
		return true;
	return nfr_field_crc_ok(pair->want, f)
		       ? nfr_field_crc_ok(pair->got, f)
		       : memcmp(pair->want + f->off, pair->got + f->off, 4) == 0;
}

/* Its 32 bits are bound like two ports. */
static bool frag_id_ok(struct pair *pair, const struct nfr_field *f)
{
	const uint8_t *w = pair->want + f->off, *g = pair->got + f->off;
	struct nfr_cmp_flow id = {.proto = NFR_IPPROTO_FRAGMENT,
			      .port = {nfr_get16(w), nfr_get16(w + 2)}};
	uint16_t to[2] = {nfr_get16(g), nfr_get16(g + 2)};

	return nfr_bind_put(&pair->cmp->bind, &id, to, false);
}

static bool flow_ok(const struct pair *pair, const struct nfr_field *f)
{
	return pair->made_here && !((pair->want[f->off] ^ pair->got[f->off]) & 0xf0);
}

/* A field whose bytes differ. Ports and checksums are looked at by themselves: one that does not
 * differ is as suspicious when what belongs to it does. */
static bool field_ok(struct pair *pair, const struct nfr_field *f)
{
	switch (f->kind) {
	case NFR_FIELD_IP_ID:
		return pair->made_here && !f->quoted;
	case NFR_FIELD_FLOW6:
		return flow_ok(pair, f) && !f->quoted;
	case NFR_FIELD_FRAG6_ID:
		return frag_id_ok(pair, f);
	case NFR_FIELD_SPORT:
	case NFR_FIELD_DPORT:
	case NFR_FIELD_ICMP_ID:
	case NFR_FIELD_CSUM:
	case NFR_FIELD_CRC:
		return true;
	default:
		return false;
	}
}

/* A packet of the router's own: no input had its identification; without inputs to look at, an
 * ICMP error or a reset. */
static bool made_here(struct nfr_cmp *cmp, const struct nfr_dissection *d, const uint8_t *ip,
		      uint32_t len)
{
	if (!d->is_ip)
		return false;
	return cmp->arrived_known ? !nfr_cmp_arrived(cmp, ip, len, d->is_error) : d->is_error;
}

/* Ports that look equal may stand for others by now: every port and checksum is asked for. */
static bool ports_and_checksums_ok(struct pair *pair)
{
	unsigned i;

	for (i = 0; i < pair->d.n; i++) {
		const struct nfr_field *f = &pair->d.field[i];

		if (!ports_ok(pair, f))
			return false;
		if (f->kind == NFR_FIELD_CSUM && !csum_ok(pair, f))
			return false;
		if (f->kind == NFR_FIELD_CRC && !crc_ok(pair, f))
			return false;
	}
	return true;
}

bool nfr_cmp_packet(struct nfr_cmp *cmp, bool raw, const uint8_t *want, uint32_t want_len,
		    const uint8_t *got, uint32_t got_len)
{
	struct pair pair = {.cmp = cmp, .want = want, .got = got};
	uint32_t skip;
	unsigned i;

	if (want_len != got_len)
		return false;
	if (!memcmp(want, got, want_len) && !cmp->chosen.n)
		return true;
	nfr_dissect(&pair.d, want, want_len, raw);
	skip = raw ? 0 : ETHER_HLEN;
	pair.made_here = made_here(cmp, &pair.d, want + skip, want_len - skip);
	for (i = 0; i < pair.d.n; i++) {
		const struct nfr_field *f = &pair.d.field[i];

		if (memcmp(want + f->off, got + f->off, f->len) != 0 && !field_ok(&pair, f))
			return false;
	}
	return ports_and_checksums_ok(&pair);
}
