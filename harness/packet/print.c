/* SPDX-License-Identifier: BSD-2-Clause */
#include "packet/dissect.h"

#include "base/bytes.h"

#include <arpa/inet.h>
#include <ctype.h>

static uint32_t number(const uint8_t *p, uint32_t len)
{
	uint32_t v = 0;

	while (len--)
		v = v << 8 | *p++;
	return v;
}

static void print_hex(char *to, size_t size, const uint8_t *p, uint32_t len)
{
	size_t at = (size_t)snprintf(to, size, "0x");
	uint32_t i;

	for (i = 0; i < len && at + 6 < size; i++)
		at += (size_t)snprintf(to + at, size - at, "%02x", p[i]);
	if (i < len)
		snprintf(to + at, size - at, "...");
}

static void print_text(char *to, size_t size, const uint8_t *p, uint32_t len)
{
	size_t at = (size_t)snprintf(to, size, "%u bytes: ", len);
	uint32_t i;

	for (i = 0; i < len && at + 6 < size; i++) {
		if (p[i] == '\r' || p[i] == '\n')
			at += (size_t)snprintf(to + at, size - at, "\\%c", p[i] == '\r' ? 'r' : 'n');
		else
			at += (size_t)snprintf(to + at, size - at, "%c", isprint(p[i]) ? p[i] : '.');
	}
	if (i < len)
		snprintf(to + at, size - at, "...");
}

static void print_tcp_flags(char *to, size_t size, uint8_t flags)
{
	static const char *const name[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
	size_t at = 0;
	unsigned i;

	to[0] = '\0';
	for (i = 0; i < 8; i++)
		if (flags >> i & 1 && at < size)
			at += (size_t)snprintf(to + at, size - at, "%s%s", at ? "," : "", name[i]);
	if (!at)
		snprintf(to, size, "none");
}

static void print_mac(char *to, size_t size, const uint8_t *p)
{
	snprintf(to, size, "%02x:%02x:%02x:%02x:%02x:%02x", p[0], p[1], p[2], p[3], p[4], p[5]);
}

void nfr_field_print(char *to, size_t size, const uint8_t *frame, const struct nfr_field *field)
{
	const uint8_t *p = frame + field->off;

	switch (field->format) {
	case NFR_FIELD_DEC:
		snprintf(to, size, "%u", number(p, field->len));
		break;
	case NFR_FIELD_IP4:
		inet_ntop(AF_INET, p, to, (socklen_t)size);
		break;
	case NFR_FIELD_IP6:
		inet_ntop(AF_INET6, p, to, (socklen_t)size);
		break;
	case NFR_FIELD_MAC:
		print_mac(to, size, p);
		break;
	case NFR_FIELD_TCP_FLAGS:
		print_tcp_flags(to, size, *p);
		break;
	case NFR_FIELD_TEXT:
		print_text(to, size, p, field->len);
		break;
	default:
		print_hex(to, size, p, field->len);
	}
}

static const struct nfr_field *find(const struct nfr_dissection *d, const char *name)
{
	unsigned i;

	for (i = 0; i < d->n && !d->field[i].quoted; i++)
		if (!strcmp(d->field[i].name, name))
			return &d->field[i];
	return NULL;
}

static uint32_t value(const struct nfr_dissection *d, const uint8_t *p, const char *name)
{
	const struct nfr_field *field = find(d, name);

	return field ? number(p + field->off, field->len) : 0;
}

static size_t print_end(char *to, size_t size, const struct nfr_dissection *d, const uint8_t *p,
			const char *addr, const char *port)
{
	const struct nfr_field *field = find(d, addr);
	char text[INET6_ADDRSTRLEN];
	bool six;

	nfr_field_print(text, sizeof(text), p, field);
	six = field->format == NFR_FIELD_IP6;
	field = find(d, port);
	if (!field)
		return (size_t)snprintf(to, size, "%s", text);
	return (size_t)snprintf(to, size, six ? "[%s]:%u" : "%s:%u", text,
				number(p + field->off, 2));
}

static uint32_t payload_len(const struct nfr_dissection *d)
{
	const struct nfr_field *field = find(d, "payload");

	return field ? field->len : 0;
}

#define EXCERPT_LEN 56u

/* The first line of a payload that is text: what makes a session readable. */
static void print_excerpt(char *to, size_t size, const struct nfr_dissection *d, const uint8_t *p)
{
	const struct nfr_field *field = find(d, "payload");
	uint32_t i, n;

	to[0] = '\0';
	if (!field)
		return;
	for (n = 0; n < field->len; n++)
		if (!isprint(p[field->off + n]))
			break;
	if (n < 4 || (n < field->len && p[field->off + n] != '\r' && p[field->off + n] != '\n'))
		return;
	i = n < EXCERPT_LEN ? n : EXCERPT_LEN;
	snprintf(to, size, " \"%.*s%s\"", (int)i, (const char *)p + field->off, i < n ? "..." : "");
}

static void print_tcp(char *to, size_t size, const struct nfr_dissection *d, const uint8_t *p)
{
	uint32_t seq = value(d, p, "seq"), n = payload_len(d);
	char flags[40], range[16] = "", excerpt[EXCERPT_LEN + 8];

	print_tcp_flags(flags, sizeof(flags), (uint8_t)value(d, p, "flags"));
	if (n)
		snprintf(range, sizeof(range), ":%u", seq + n);
	print_excerpt(excerpt, sizeof(excerpt), d, p);
	snprintf(to, size, " TCP %s seq %u%s ack %u win %u len %u%s", flags, seq, range,
		 value(d, p, "ack"), value(d, p, "window"), n, excerpt);
}

static const char *icmp_name(bool six, uint32_t type)
{
	static const char *const error6[] = {"", "unreachable", "packet too big",
					     "time exceeded", "parameter problem"};

	if (six)
		return type < 5 ? error6[type] : type == 128 ? "echo request" :
					    type == 129      ? "echo reply" :
							       "";
	switch (type) {
	case 0:
		return "echo reply";
	case 3:
		return "unreachable";
	case 5:
		return "redirect";
	case 8:
		return "echo request";
	case 11:
		return "time exceeded";
	case 12:
		return "parameter problem";
	default:
		return "";
	}
}

static void print_icmp(char *to, size_t size, const struct nfr_dissection *d, const uint8_t *p,
		       bool six)
{
	uint32_t type = value(d, p, "icmp type");
	size_t at = (size_t)snprintf(to, size, " %s type %u code %u %s", six ? "ICMPv6" : "ICMP",
				     type, value(d, p, "icmp code"), icmp_name(six, type));

	if (find(d, "icmp id") && at < size)
		snprintf(to + at, size - at, " id %u seq %u", value(d, p, "icmp id"),
			 value(d, p, "icmp seq"));
}

static uint32_t last_protocol(const struct nfr_dissection *d, const uint8_t *p)
{
	const struct nfr_field *sport = find(d, "sport");

	if (sport)
		return sport->proto;
	return value(d, p, find(d, "protocol") ? "protocol" : "next header");
}

static void print_transport(char *to, size_t size, const struct nfr_dissection *d,
			    const uint8_t *p)
{
	bool six = find(d, "hop limit") != NULL;

	if (find(d, "window"))
		print_tcp(to, size, d, p);
	else if (find(d, "icmp type"))
		print_icmp(to, size, d, p, six);
	else if (find(d, "udp length"))
		snprintf(to, size, " UDP len %u", payload_len(d));
	else
		snprintf(to, size, " protocol %u len %u", last_protocol(d, p), payload_len(d));
}

static void print_fragment(char *to, size_t size, const struct nfr_dissection *d, const uint8_t *p)
{
	const struct nfr_field *six = find(d, "frag offset");
	uint32_t word = six ? value(d, p, "frag offset") : value(d, p, "flags, offset");
	uint32_t off = six ? word & 0xfff8 : (word & 0x1fff) * 8;
	bool more = six ? word & 1 : word & 0x2000;

	if (off || more)
		snprintf(to, size, " fragment %u%s", off, more ? "+" : "");
}

void nfr_packet_print(char *to, size_t size, const uint8_t *ip, uint32_t len)
{
	struct nfr_dissection d;
	size_t at;

	nfr_dissect(&d, ip, len, true);
	if (!d.is_ip) {
		snprintf(to, size, "no IP packet, %u bytes", len);
		return;
	}
	at = print_end(to, size, &d, ip, "src", "sport");
	at += (size_t)snprintf(to + at, at < size ? size - at : 0, " > ");
	if (at < size)
		at += print_end(to + at, size - at, &d, ip, "dst", "dport");
	if (at < size) {
		print_transport(to + at, size - at, &d, ip);
		at += strlen(to + at);
		print_fragment(to + at, size - at, &d, ip);
	}
}
