/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FTP helper, and the example for every other.
 *
 * An FTP control connection announces data connections: the client with PORT or EPRT ("come to
 * me there"), the server with its answer 227 to PASV or 229 to EPSV ("come to me there"). Each
 * announcement becomes one expectation, from any port of the one end to the announced address
 * and port of the other.
 *
 * The life of a packet in here:
 *   1. Line starts. A command counts only where a line starts, that is behind a newline seen
 *      before: two positions are remembered for each direction. So the first line of a
 *      direction is never read, only its end is noted.
 *   2. The patterns of the direction are tried in order. A text that could become one when more
 *      arrives, or that is one with something wrong behind it, is a *partial match*: the packet
 *      is dropped, so that nobody can hide an announcement in two segments.
 *   3. An address other than the sender's own is not expected (it would open a hole to a third
 *      host) unless nf_conntrack_ftp's parameter `loose` is set.
 *   4. Without NAT the expectation is registered as announced. With NAT it gets a port that is
 *      free, and the text is rewritten to the address and port that the other side must use;
 *      when its length changes, sequence adjustment takes over.
 *
 * Numbers are read as Linux reads them: no upper bounds, leading zeros, too large ones wrapping.
 */
#include "base/bytes.h"
#include "helper/helper.h"
#include "helper/text.h"

#define TCP_HLEN 20u
#define N_LINE_STARTS 2

/* nf_ct_ftp_master: positions behind newlines. */
struct ftp_info {
	uint32_t seq_aft_nl[NFR_CT_DIR_MAX][N_LINE_STARTS];
	uint8_t n_seq[NFR_CT_DIR_MAX];
};

_Static_assert(sizeof(struct ftp_info) <= NFR_CT_HELPER_DATA, "lies in the extension");

enum ftp_type {
	FTP_PORT,
	FTP_PASV,
	FTP_EPRT,
	FTP_EPSV,
};

/* An announced place (nf_conntrack_man); the address is the sender's own where the text has none. */
struct ftp_cmd {
	uint8_t family;
	union nfr_addr addr;
	uint16_t port;
};

/* The rest of a line behind a pattern. A parser returns how many bytes the announcement takes,
 * 0 when there is none, and may skip some before it. */
struct ftp_text {
	const uint8_t *p;
	uint32_t len;
	uint32_t skipped;
};

struct ftp_pattern {
	const char *text;
	uint32_t len;
	char skip; /* go on behind the first of these; 0: at once */
	char term; /* what must follow the numbers; 0: anything */
	enum ftp_type type;
	uint32_t (*parse)(struct ftp_text *text, char term, struct ftp_cmd *cmd);
	const char *partial;
};

/* ---- parsers ---- */

/* n numbers with sep between them, ended by term (0: by anything that is neither). */
static uint32_t get_numbers(const uint8_t *p, uint32_t len, uint32_t *number, unsigned n, char sep,
			    char term)
{
	unsigned i = 0;

	memset(number, 0, n * sizeof(*number));
	for (uint32_t pos = 0; pos < len && i < n; pos++) {
		if (nfr_text_is_digit(p[pos]))
			number[i] = number[i] * 10 + p[pos] - '0';
		else if (p[pos] == (uint8_t)sep)
			i++;
		else
			return i == n - 1 && (!term || p[pos] == (uint8_t)term) ? pos : 0;
	}
	return 0;
}

/* On an IPv6 connection this makes a third host: the rest of the address is the sender's. */
static void set_ip4(struct ftp_cmd *cmd, const uint32_t number[4])
{
	cmd->addr.ip4 =
		nfr_htonl(number[0] << 24 | number[1] << 16 | number[2] << 8 | number[3]);
}

/* RFC 959: "10,0,1,2,200,10". */
static uint32_t parse_port(struct ftp_text *text, char term, struct ftp_cmd *cmd)
{
	uint32_t number[6], len;

	len = get_numbers(text->p, text->len, number, 6, ',', term);
	if (len) {
		set_ip4(cmd, number);
		cmd->port = (uint16_t)(number[4] << 8 | number[5]);
	}
	return len;
}

/* RFC 1123 4.1.2.6: the parentheses of a 227 may be missing, look for the first digit. */
static uint32_t parse_pasv(struct ftp_text *text, char term, struct ftp_cmd *cmd)
{
	uint32_t skip = 0;

	while (skip < text->len && !nfr_text_is_digit(text->p[skip]))
		skip++;
	text->p += skip;
	text->len -= skip;
	text->skipped = skip;
	return parse_port(text, term, cmd);
}

/* A port from `start` up to delim, not zero; returns the position behind delim. */
static uint32_t get_port(const struct ftp_text *text, uint32_t start, uint8_t delim, uint16_t *port)
{
	uint16_t value = 0;

	for (uint32_t i = start; i < text->len; i++) {
		if (text->p[i] == delim) {
			*port = value;
			return value ? i + 1 : 0;
		}
		if (!nfr_text_is_digit(text->p[i]))
			return 0;
		value = (uint16_t)(value * 10 + text->p[i] - '0');
	}
	return 0;
}

/* RFC 2428 leaves the delimiter free, as long as it is printable and no digit. */
static bool is_delim(uint8_t c)
{
	return c >= 33 && c <= 126 && !nfr_text_is_digit(c);
}

/* RFC 2428: "|1|132.235.1.2|6275|" or "|2|3ffe::1|6275|", of the connection's own family. */
static uint32_t parse_eprt(struct ftp_text *text, char term, struct ftp_cmd *cmd)
{
	const uint8_t *p = text->p;
	uint32_t number[4], len;

	(void)term;
	if (text->len <= 3 || !is_delim(p[0]) || p[2] != p[0] ||
	    p[1] != (cmd->family == NFR_IPV4 ? '1' : '2'))
		return 0;
	if (cmd->family == NFR_IPV4) {
		len = get_numbers(p + 3, text->len - 3, number, 4, '.', (char)p[0]);
		if (len)
			set_ip4(cmd, number);
	} else {
		len = nfr_text_get_ip6(p + 3, text->len - 3, p[0], &cmd->addr);
	}
	return len ? get_port(text, 3 + len + 1, p[0], &cmd->port) : 0;
}

/* RFC 2428: "|||6446|". */
static uint32_t parse_epsv(struct ftp_text *text, char term, struct ftp_cmd *cmd)
{
	const uint8_t *p = text->p;

	(void)term;
	if (text->len <= 3 || !is_delim(p[0]) || p[1] != p[0] || p[2] != p[0])
		return 0;
	return get_port(text, 3, p[0], &cmd->port);
}

/* ---- patterns ---- */

#define PATTERN(s) .text = s, .len = sizeof(s) - 1, \
		   .partial = "nf_ct_ftp: dropping packet: partial matching of `" s "' "
#define N_PATTERNS 2

static const struct ftp_pattern patterns[NFR_CT_DIR_MAX][N_PATTERNS] = {
	[NFR_CT_DIR_ORIGINAL] = {
		{PATTERN("PORT"), .skip = ' ', .term = '\r', .type = FTP_PORT, .parse = parse_port},
		{PATTERN("EPRT"), .skip = ' ', .term = '\r', .type = FTP_EPRT, .parse = parse_eprt},
	},
	[NFR_CT_DIR_REPLY] = {
		{PATTERN("227 "), .type = FTP_PASV, .parse = parse_pasv},
		{PATTERN("229 "), .skip = '(', .term = ')', .type = FTP_EPSV, .parse = parse_epsv},
	},
};

enum ftp_found {
	FTP_NONE,
	FTP_PARTIAL,
	FTP_MATCH,
};

/* Whole word, its beginning, or nothing of it; then what the pattern's row says. A pattern without
 * numbers behind it counts as partial, however long the line goes on. */
static enum ftp_found find_pattern(const uint8_t *data, uint32_t len,
				   const struct ftp_pattern *pattern, struct ftp_cmd *cmd,
				   struct nfr_helper_match *match)
{
	struct ftp_text text;
	uint32_t i = pattern->len;

	if (!nfr_text_same(data, pattern->text, len < i ? len : i))
		return FTP_NONE;
	if (len <= i)
		return FTP_PARTIAL;
	if (pattern->skip) {
		while (i < len && data[i] != (uint8_t)pattern->skip)
			i++;
		if (i == len)
			return FTP_PARTIAL;
		i++;
	}
	text = (struct ftp_text){.p = data + i, .len = len - i};
	match->len = pattern->parse(&text, pattern->term, cmd);
	match->off = i + text.skipped;
	return match->len ? FTP_MATCH : FTP_PARTIAL;
}

/* ---- line starts ---- */

/* The sender's own numbering: sequence adjustment comes behind the helper. */
static bool is_line_start(const struct ftp_info *info, unsigned dir, uint32_t seq)
{
	for (unsigned i = 0; i < info->n_seq[dir]; i++) {
		if (info->seq_aft_nl[dir][i] == seq)
			return true;
	}
	return false;
}

/* Remembers a line start; when both places are taken, in that of the older one, unless the new
 * one is older still. */
static void note_line_start(struct ftp_info *info, unsigned dir, uint32_t seq)
{
	uint32_t *place = info->seq_aft_nl[dir];

	if (is_line_start(info, dir, seq))
		return;
	if (info->n_seq[dir] < N_LINE_STARTS) {
		place[info->n_seq[dir]++] = seq;
		return;
	}
	if ((int32_t)(place[0] - place[1]) >= 0)
		place++;
	if ((int32_t)(seq - *place) > 0)
		*place = seq;
}

/* ---- NAT ---- */

#define MAX_ANNOUNCEMENT 64

/* The announcement as the other side must read it: delimiters and spelling become Linux's own. */
static uint32_t format(uint8_t *text, enum ftp_type type, uint8_t family,
		       const union nfr_addr *addr, uint16_t port)
{
	uint8_t *to = text;

	switch (type) {
	case FTP_PORT:
	case FTP_PASV:
		to = nfr_text_put(nfr_text_put_ip4(to, addr->ip4, ','), ",");
		to = nfr_text_put(nfr_text_put_dec(to, port >> 8), ",");
		return (uint32_t)(nfr_text_put_dec(to, port & 0xff) - text);
	case FTP_EPRT:
		to = nfr_text_put(to, family == NFR_IPV4 ? "|1|" : "|2|");
		to = family == NFR_IPV4 ? nfr_text_put_ip4(to, addr->ip4, '.')
					: nfr_text_put_ip6(to, addr);
		to = nfr_text_put(to, "|");
		break;
	case FTP_EPSV:
		to = nfr_text_put(to, "|||");
		break;
	}
	return (uint32_t)(nfr_text_put(nfr_text_put_dec(to, port), "|") - text);
}

/* Registers the expectation under a free port and says so in the packet. */
static unsigned translate(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
			  enum ftp_type type, const struct nfr_helper_match *match,
			  uint32_t exp_idx)
{
	const struct nfr_ct *ct = nfr_ct_at(net, ct_idx);
	const struct nfr_helper_nat_ops *nat = nfr_helper_nat(net, ct);
	struct nfr_expect *expect = nfr_expect_at(net, exp_idx);
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	uint16_t port = nfr_ntohs(expect->tuple.dst_l4);
	uint8_t text[MAX_ANNOUNCEMENT];
	struct nfr_tuple back;
	uint32_t len;

	expect->saved_proto = expect->tuple.dst_l4;
	expect->dir = !dir;
	expect->expectfn = nat->follow_master;
	if (!nat->find_port(net, exp_idx, &port)) {
		nfr_expect_free(net, exp_idx);
		return nfr_helper_drop(net, pkt, "nf_ct_ftp: dropping packet: all ports in use ");
	}
	/* Linux takes port 0 for none, but leaves the expectation behind */
	if (port == 0)
		return nfr_helper_drop(net, pkt, "nf_ct_ftp: dropping packet: all ports in use ");
	nfr_ct_tuple(net, ct, !dir, &back);
	len = format(text, type, back.l3num, &back.dst, port);
	if (nat->mangle_tcp(net, ct_idx, pkt, match, text, len))
		return NFR_ACCEPT;
	nfr_expect_unlink(net, exp_idx);
	return nfr_helper_drop(net, pkt, "nf_ct_ftp: dropping packet: cannot mangle packet ");
}

/* ---- a packet ---- */

/* Expects what was announced. The tuples of the other direction are used throughout: without
 * NAT they are the same, with it they are what the other side sees. */
static unsigned expect_announced(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
				 const struct ftp_pattern *pattern, const struct ftp_cmd *cmd,
				 const struct nfr_helper_match *match)
{
	const struct nfr_ct *ct = nfr_ct_at(net, ct_idx);
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	nfr_be16 port = nfr_htons(cmd->port);
	struct nfr_tuple way, back;
	bool third_host;
	uint32_t exp_idx = nfr_expect_alloc(net, ct_idx);

	if (!exp_idx)
		return nfr_helper_drop(net, pkt,
				       "nf_ct_ftp: dropping packet: cannot alloc expectation ");
	nfr_ct_tuple(net, ct, dir, &way);
	nfr_ct_tuple(net, ct, !dir, &back);
	third_host = !nfr_addr_eq(&cmd->addr, &way.src);
	if (third_host && !net->env->sysctl.ftp_loose) {
		nfr_expect_free(net, exp_idx);
		return NFR_ACCEPT;
	}
	nfr_expect_fill(nfr_expect_at(net, exp_idx), 0, cmd->family, &back.src,
			third_host ? &cmd->addr : &back.dst, NFR_IPPROTO_TCP, NULL, &port);
	if (nfr_helper_nat(net, ct))
		return translate(net, ct_idx, pkt, pattern->type, match, exp_idx);
	if (nfr_expect_related(net, exp_idx) == NFR_OK)
		return NFR_ACCEPT;
	nfr_expect_free(net, exp_idx);
	return nfr_helper_drop(net, pkt, "nf_ct_ftp: dropping packet: cannot add expectation ");
}

/* A partial match comes again, longer: it has not been *read. */
static unsigned read_line(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt,
			  const uint8_t *data, uint32_t len, bool *read)
{
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo);
	struct nfr_helper_match match;
	struct nfr_tuple way;
	struct ftp_cmd cmd;

	nfr_ct_tuple(net, nfr_ct_at(net, ct_idx), dir, &way);
	cmd = (struct ftp_cmd){.family = way.l3num, .addr = way.src};
	for (unsigned i = 0; i < N_PATTERNS; i++) {
		const struct ftp_pattern *pattern = &patterns[dir][i];

		switch (find_pattern(data, len, pattern, &cmd, &match)) {
		case FTP_NONE:
			continue;
		case FTP_PARTIAL:
			*read = false;
			return nfr_helper_drop(net, pkt, pattern->partial);
		case FTP_MATCH:
			return expect_announced(net, ct_idx, pkt, pattern, &cmd, &match);
		}
	}
	return NFR_ACCEPT;
}

/* Not before there has been traffic both ways, and not of ICMP errors. */
static unsigned help(struct nfr_ctnet *net, uint32_t ct_idx, struct nfr_pkt *pkt)
{
	struct nfr_ct_ext *ext = nfr_ct_ext(net, nfr_ct_at(net, ct_idx));
	const uint8_t *tcp = nfr_pkt_at(pkt, pkt->l4_off, TCP_HLEN);
	unsigned dir = nfr_ctinfo_dir(pkt->ctinfo), verdict = NFR_ACCEPT;
	uint32_t seq, off, len;
	struct ftp_info info;
	bool read = true, ends_in_nl;

	if (pkt->ctinfo != NFR_CT_ESTABLISHED && pkt->ctinfo != NFR_CT_ESTABLISHED_REPLY)
		return NFR_ACCEPT;
	pkt->flags &= (uint16_t)~NFR_PKT_FRAG_LIST; /* Linux linearizes it to look at it */
	off = tcp ? pkt->l4_off + (uint32_t)(tcp[12] >> 4) * 4 : pkt->len;
	if (off >= pkt->len)
		return NFR_ACCEPT;
	len = pkt->len - off;
	seq = nfr_get32(tcp + 4);
	ends_in_nl = pkt->data[pkt->len - 1] == '\n';
	memcpy(&info, ext->helper_data, sizeof(info));
	if (is_line_start(&info, dir, seq))
		verdict = read_line(net, ct_idx, pkt, pkt->data + off, len, &read);
	if (ends_in_nl && read) {
		note_line_start(&info, dir, seq + len);
		memcpy(ext->helper_data, &info, sizeof(info));
	}
	return verdict;
}

/* One data connection at a time: a new announcement pushes out the one before it. */
static const struct nfr_expect_policy policy[] = {
	{.max_expected = 1, .timeout_s = 5 * 60, .name = "ftp"},
};

const struct nfr_ct_helper nfr_helper_ftp = {
	.name = "ftp",
	.protonum = NFR_IPPROTO_TCP,
	.n_classes = 1,
	.policy = policy,
	.help = help,
};
