/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk: link layer, IP header, extension headers, transport header, payload; for an ICMP
 * error the same once more for what it quotes. A layer that is cut short ends the walk: the rest
 * is payload, so that every byte belongs to a field whatever the packet is.
 */
#include "packet/dissect.h"

#include "base/bytes.h"

struct walk {
	struct nfr_dissection *d;
	const uint8_t *p;
	uint32_t len;      /* bytes of the frame */
	uint32_t off;      /* where the next header begins */
	uint32_t ip_end;   /* where the current IP packet ends, at most len */
	uint32_t src_off;  /* its addresses */
	uint8_t addr_len;
	uint8_t proto;     /* of the next header */
	uint8_t quoted;
	bool later_fragment, first_fragment;
	struct nfr_field spare; /* written, never read: more fields than a packet has */
};

static struct nfr_field *add(struct walk *w, const char *name, uint32_t len, unsigned format,
			     unsigned kind)
{
	struct nfr_dissection *d = w->d;
	struct nfr_field *field = d->n < NFR_MAX_FIELDS ? &d->field[d->n++] : &w->spare;

	memset(field, 0, sizeof(*field));
	field->name = name;
	field->off = w->off;
	field->len = len;
	field->format = (uint8_t)format;
	field->kind = (uint8_t)kind;
	field->quoted = w->quoted;
	w->off += len;
	return field;
}

static void plain(struct walk *w, const char *name, uint32_t len, unsigned format)
{
	add(w, name, len, format, NFR_FIELD_PLAIN);
}

static void add_port(struct walk *w, const char *name, unsigned kind)
{
	struct nfr_field *field = add(w, name, 2, NFR_FIELD_DEC, kind);

	field->proto = w->proto;
	field->addr_off = w->src_off;
	field->addr_len = w->addr_len;
}

/* An Internet checksum over what is left of the IP packet from `from` on. */
static void add_csum(struct walk *w, uint32_t from, uint32_t to, bool pseudo)
{
	struct nfr_field *field = add(w, "checksum", 2, NFR_FIELD_HEX, NFR_FIELD_CSUM);

	field->cover_off = from;
	field->cover_len = to - from;
	field->proto = pseudo ? w->proto : 0;
	field->addr_off = w->src_off;
	field->addr_len = pseudo ? w->addr_len : 0;
}

static bool room(const struct walk *w, uint32_t n)
{
	return w->off <= w->ip_end && n <= w->ip_end - w->off;
}

static void rest(struct walk *w, uint32_t end, const char *name)
{
	if (w->off < end)
		plain(w, name, end - w->off, NFR_FIELD_TEXT);
}

static void ethernet(struct walk *w)
{
	if (w->len < 14)
		return;
	plain(w, "eth dst", 6, NFR_FIELD_MAC);
	plain(w, "eth src", 6, NFR_FIELD_MAC);
	plain(w, "eth type", 2, NFR_FIELD_HEX);
}

/* A quoted packet is as long as what is there of it: nobody asks its length. */
static bool ipv4(struct walk *w)
{
	uint32_t at = w->off, hlen, total;

	if (w->len - at < 20)
		return false;
	hlen = (w->p[at] & 15u) * 4;
	total = w->quoted ? w->len - at : nfr_get16(w->p + at + 2);
	if (hlen < 20 || hlen > w->len - at || total < hlen)
		return false;
	w->ip_end = total < w->len - at ? at + total : w->len;
	w->src_off = at + 12;
	w->addr_len = 4;
	w->proto = w->p[at + 9];
	w->later_fragment = (nfr_get16(w->p + at + 6) & 0x1fff) != 0;
	w->first_fragment = (nfr_get16(w->p + at + 6) & 0x3fff) == 0x2000;
	plain(w, "version, ihl", 1, NFR_FIELD_HEX);
	plain(w, "tos", 1, NFR_FIELD_HEX);
	plain(w, "total length", 2, NFR_FIELD_DEC);
	add(w, "id", 2, NFR_FIELD_HEX, NFR_FIELD_IP_ID);
	plain(w, "flags, offset", 2, NFR_FIELD_HEX);
	plain(w, "ttl", 1, NFR_FIELD_DEC);
	plain(w, "protocol", 1, NFR_FIELD_DEC);
	add_csum(w, at, at + hlen, false);
	plain(w, "src", 4, NFR_FIELD_IP4);
	plain(w, "dst", 4, NFR_FIELD_IP4);
	if (hlen > 20)
		plain(w, "ip options", hlen - 20, NFR_FIELD_HEX);
	return true;
}

static bool is_ext(uint8_t proto)
{
	return proto == NFR_IPPROTO_HOPOPTS || proto == NFR_IPPROTO_ROUTING ||
	       proto == NFR_IPPROTO_DSTOPTS || proto == NFR_IPPROTO_AH;
}

static bool fragment_header(struct walk *w)
{
	if (!room(w, 8))
		return false;
	w->later_fragment = (nfr_get16(w->p + w->off + 2) & 0xfff8) != 0;
	w->first_fragment = (nfr_get16(w->p + w->off + 2) & 0xfff9) == 1;
	w->proto = w->p[w->off];
	plain(w, "frag next", 2, NFR_FIELD_HEX);
	plain(w, "frag offset", 2, NFR_FIELD_HEX);
	add(w, "frag id", 4, NFR_FIELD_HEX, NFR_FIELD_FRAG6_ID);
	return true;
}

static void extension_headers(struct walk *w)
{
	uint32_t len;

	for (;;) {
		if (w->proto == NFR_IPPROTO_FRAGMENT && !w->later_fragment) {
			if (!fragment_header(w))
				return;
			continue;
		}
		if (!is_ext(w->proto) || w->later_fragment || !room(w, 8))
			return;
		len = w->proto == NFR_IPPROTO_AH ? (w->p[w->off + 1] + 2u) * 4
						 : (w->p[w->off + 1] + 1u) * 8;
		if (!room(w, len))
			return;
		w->proto = w->p[w->off];
		plain(w, "extension header", len, NFR_FIELD_HEX);
	}
}

static bool ipv6(struct walk *w)
{
	uint32_t at = w->off, end;

	if (w->len - at < 40)
		return false;
	end = w->quoted ? w->len - at : 40u + nfr_get16(w->p + at + 4);
	w->ip_end = end < w->len - at ? at + end : w->len;
	w->src_off = at + 8;
	w->addr_len = 16;
	w->proto = w->p[at + 6];
	w->later_fragment = w->first_fragment = false;
	plain(w, "version, class", 1, NFR_FIELD_HEX);
	add(w, "class, flow label", 3, NFR_FIELD_HEX, NFR_FIELD_FLOW6);
	plain(w, "payload length", 2, NFR_FIELD_DEC);
	plain(w, "next header", 1, NFR_FIELD_DEC);
	plain(w, "hop limit", 1, NFR_FIELD_DEC);
	plain(w, "src", 16, NFR_FIELD_IP6);
	plain(w, "dst", 16, NFR_FIELD_IP6);
	extension_headers(w);
	return true;
}

static bool ip(struct walk *w)
{
	if (w->off >= w->len)
		return false;
	switch (w->p[w->off] >> 4) {
	case 4:
		return ipv4(w);
	case 6:
		return ipv6(w);
	default:
		return false;
	}
}

static void ports(struct walk *w)
{
	add_port(w, "sport", NFR_FIELD_SPORT);
	add_port(w, "dport", NFR_FIELD_DPORT);
}

static void tcp(struct walk *w)
{
	uint32_t at = w->off, hlen;

	if (!room(w, 4))
		return;
	ports(w);
	if (!room(w, 16)) { /* an ICMP error may quote eight bytes only */
		if (room(w, 4))
			plain(w, "seq", 4, NFR_FIELD_DEC);
		return;
	}
	hlen = (w->p[at + 12] >> 4) * 4u;
	if (!w->quoted && w->p[at + 13] & 4)
		w->d->is_error = true;
	plain(w, "seq", 4, NFR_FIELD_DEC);
	plain(w, "ack", 4, NFR_FIELD_DEC);
	plain(w, "data offset", 1, NFR_FIELD_HEX);
	plain(w, "flags", 1, NFR_FIELD_TCP_FLAGS);
	plain(w, "window", 2, NFR_FIELD_DEC);
	add_csum(w, at, w->ip_end, true);
	plain(w, "urgent", 2, NFR_FIELD_DEC);
	if (hlen > 20 && room(w, hlen - 20))
		plain(w, "tcp options", hlen - 20, NFR_FIELD_HEX);
}

static void udp(struct walk *w)
{
	uint32_t at = w->off;

	if (!room(w, 4))
		return;
	ports(w);
	if (!room(w, 4)) /* Linux finds the connection of a quotation by the ports alone */
		return;
	plain(w, "udp length", 2, NFR_FIELD_DEC);
	add_csum(w, at, w->ip_end, true);
}

static void sctp(struct walk *w)
{
	uint32_t at = w->off;
	struct nfr_field *crc;

	if (!room(w, 4))
		return;
	ports(w);
	if (!room(w, 8))
		return;
	plain(w, "verification tag", 4, NFR_FIELD_HEX);
	crc = add(w, "crc32c", 4, NFR_FIELD_HEX, NFR_FIELD_CRC);
	crc->cover_off = at;
	crc->cover_len = w->first_fragment ? 0 : w->ip_end - at;
}

static void dccp(struct walk *w)
{
	uint32_t at = w->off;

	if (!room(w, 8))
		return;
	ports(w);
	plain(w, "data offset, ccval", 2, NFR_FIELD_HEX);
	add_csum(w, at, w->ip_end, true);
}

static bool icmp_is_error(uint8_t proto, uint8_t type)
{
	if (proto == NFR_IPPROTO_ICMPV6)
		return type < 128;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* True when a quoted packet follows. */
static bool icmp(struct walk *w)
{
	uint32_t at = w->off;
	bool error;

	if (!room(w, 8))
		return false;
	error = icmp_is_error(w->proto, w->p[at]);
	plain(w, "icmp type", 1, NFR_FIELD_DEC);
	plain(w, "icmp code", 1, NFR_FIELD_DEC);
	add_csum(w, at, w->ip_end, w->proto == NFR_IPPROTO_ICMPV6);
	if (error) {
		plain(w, "icmp info", 4, NFR_FIELD_HEX);
		w->d->is_error |= !w->quoted;
		return true;
	}
	add_port(w, "icmp id", NFR_FIELD_ICMP_ID);
	plain(w, "icmp seq", 2, NFR_FIELD_DEC);
	return false;
}

/* True when a quoted packet follows. */
static bool transport(struct walk *w)
{
	if (w->later_fragment)
		return false;
	switch (w->proto) {
	case NFR_IPPROTO_TCP:
		tcp(w);
		return false;
	case NFR_IPPROTO_UDP:
	case NFR_IPPROTO_UDPLITE:
		udp(w);
		return false;
	case NFR_IPPROTO_SCTP:
		sctp(w);
		return false;
	case NFR_IPPROTO_DCCP:
		dccp(w);
		return false;
	case NFR_IPPROTO_ICMP:
	case NFR_IPPROTO_ICMPV6:
		return icmp(w);
	default:
		return false;
	}
}

void nfr_dissect(struct nfr_dissection *d, const uint8_t *frame, uint32_t len, bool raw)
{
	struct walk w = {.d = d, .p = frame, .len = len, .ip_end = len};
	uint32_t outer_end = len;

	d->n = 0;
	d->is_ip = d->is_error = false;
	if (!raw)
		ethernet(&w);
	if (ip(&w)) {
		d->is_ip = true;
		outer_end = w.ip_end;
		if (transport(&w)) {
			w.quoted = 1;
			w.len = outer_end;
			if (w.addr_len == 4 ? ipv4(&w) : ipv6(&w)) /* its version is not looked at */
				transport(&w);
		}
	}
	rest(&w, outer_end, "payload");
	rest(&w, len, "trailer");
}

bool nfr_ends_at(struct nfr_ends *ends, const uint8_t *frame, const struct nfr_field *field)
{
	bool is_id = field->kind == NFR_FIELD_ICMP_ID;

	if (!is_id && field->kind != NFR_FIELD_SPORT)
		return false;
	*ends = (struct nfr_ends){
		.proto = field->proto,
		.addr_len = field->addr_len,
		.src = frame + field->addr_off,
		.dst = frame + field->addr_off + field->addr_len,
		.port = {nfr_get16(frame + field->off), nfr_get16(frame + field->off + (is_id ? 0 : 2))},
	};
	return true;
}
