/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of `conntrack -L` and `conntrack -E`, both with `-o extended`.
 *
 * A table line and an event line differ in what the kernel sends along: events carry no counters
 * and no age except when a connection ends (then no helper), no mark unless it is set or was just
 * changed, no TCP state unless it was just changed, and no `use=`. A destroyed connection's timeout
 * is what was left of it, and is absent when that was less than a second. Seconds are cut off, not
 * rounded.
 */
#include <arpa/inet.h>

#include "conntrack/words.h"

/* What a line shows beyond the tuples. */
enum shows {
	SHOW_COUNTERS = 1u << 0,
	SHOW_AGE = 1u << 1,
	SHOW_MARK = 1u << 2, /* even when it is 0 */
	SHOW_HELPER = 1u << 3,
	SHOW_USE = 1u << 4,
	SHOW_ZERO_TIMEOUT = 1u << 5,
	SHOW_STATE = 1u << 6, /* of TCP */
};

static const char *proto_name(uint8_t protonum)
{
	switch (protonum) {
	case NFR_IPPROTO_TCP:
		return "tcp";
	case NFR_IPPROTO_UDP:
		return "udp";
	case NFR_IPPROTO_UDPLITE:
		return "udplite";
	case NFR_IPPROTO_ICMP:
		return "icmp";
	case NFR_IPPROTO_ICMPV6:
		return "icmpv6";
	case NFR_IPPROTO_SCTP:
		return "sctp";
	case NFR_IPPROTO_GRE:
		return "gre";
	case NFR_IPPROTO_DCCP:
		return "dccp";
	default:
		return "unknown";
	}
}

static const char *tcp_state_name(uint8_t state)
{
	static const char *const names[NFR_TCP_MAX] = {
		[NFR_TCP_NONE] = "NONE",	 [NFR_TCP_SYN_SENT] = "SYN_SENT",
		[NFR_TCP_SYN_RECV] = "SYN_RECV", [NFR_TCP_ESTABLISHED] = "ESTABLISHED",
		[NFR_TCP_FIN_WAIT] = "FIN_WAIT", [NFR_TCP_CLOSE_WAIT] = "CLOSE_WAIT",
		[NFR_TCP_LAST_ACK] = "LAST_ACK", [NFR_TCP_TIME_WAIT] = "TIME_WAIT",
		[NFR_TCP_CLOSE] = "CLOSE",	 [NFR_TCP_SYN_SENT2] = "SYN_SENT2",
	};

	return state < NFR_TCP_MAX ? names[state] : "NONE";
}

static const char *sctp_state_name(uint8_t state)
{
	static const char *const names[NFR_SCTP_MAX] = {
		"NONE",		 "CLOSED",	  "COOKIE_WAIT",       "COOKIE_ECHOED", "ESTABLISHED",
		"SHUTDOWN_SENT", "SHUTDOWN_RECD", "SHUTDOWN_ACK_SENT", "HEARTBEAT_SENT",
	};

	return state < NFR_SCTP_MAX ? names[state] : "NONE";
}

void nfr_conntrack_addr(FILE *to, const char *label, uint8_t family, const union nfr_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family == NFR_IPV6 ? AF_INET6 : AF_INET, addr->b, text, sizeof(text));
	fprintf(to, " %s=%s", label, text);
}

static bool has_ports(uint8_t protonum)
{
	return protonum == NFR_IPPROTO_TCP || protonum == NFR_IPPROTO_UDP ||
	       protonum == NFR_IPPROTO_UDPLITE || protonum == NFR_IPPROTO_SCTP ||
	       protonum == NFR_IPPROTO_DCCP;
}

void nfr_conntrack_l4(FILE *to, const struct nfr_tuple *tuple)
{
	if (has_ports(tuple->protonum))
		fprintf(to, " sport=%u dport=%u", nfr_ntohs(tuple->src_l4),
			nfr_ntohs(tuple->dst_l4));
	else if (tuple->protonum == NFR_IPPROTO_ICMP || tuple->protonum == NFR_IPPROTO_ICMPV6)
		fprintf(to, " type=%u code=%u id=%u", tuple->dst_l4.b[0], tuple->dst_l4.b[1],
			nfr_ntohs(tuple->src_l4));
	else if (tuple->protonum == NFR_IPPROTO_GRE)
		fprintf(to, " srckey=0x%x dstkey=0x%x", nfr_ntohs(tuple->src_l4),
			nfr_ntohs(tuple->dst_l4));
}

static void direction(FILE *to, const struct nfr_ct_view *ct, enum nfr_ct_dir dir, unsigned shows)
{
	const struct nfr_tuple *tuple = &ct->tuple[dir];

	nfr_conntrack_addr(to, "src", tuple->l3num, &tuple->src);
	nfr_conntrack_addr(to, "dst", tuple->l3num, &tuple->dst);
	nfr_conntrack_l4(to, tuple);
	if (ct->zone_dir[dir])
		fprintf(to, " %s=%u", dir == NFR_CT_DIR_REPLY ? "zone-reply" : "zone-orig",
			ct->zone_dir[dir]);
	if ((shows & SHOW_COUNTERS) && ct->has_acct)
		fprintf(to, " packets=%llu bytes=%llu", (unsigned long long)ct->acct[dir].packets,
			(unsigned long long)ct->acct[dir].bytes);
}

static void head(FILE *to, const struct nfr_ct_view *ct, unsigned shows)
{
	const struct nfr_tuple *tuple = &ct->tuple[NFR_CT_DIR_ORIGINAL];
	uint64_t seconds = ct->timeout_ns > 0 ? (uint64_t)ct->timeout_ns / NFR_NSEC_PER_SEC : 0;

	fprintf(to, "%-8s %u %-8s %u", tuple->l3num == NFR_IPV6 ? "ipv6" : "ipv4", tuple->l3num,
		proto_name(tuple->protonum), tuple->protonum);
	if (seconds || (shows & SHOW_ZERO_TIMEOUT))
		fprintf(to, " %llu", (unsigned long long)seconds);
	if (tuple->protonum == NFR_IPPROTO_TCP && (shows & SHOW_STATE))
		fprintf(to, " %s", tcp_state_name(ct->tcp_state));
	if (tuple->protonum == NFR_IPPROTO_SCTP && (shows & SHOW_STATE))
		fprintf(to, " %s", sctp_state_name(ct->sctp_state));
}

/* Whole seconds by the clock while it lives, whole seconds between its stamps once it ended. */
static uint64_t age(const struct nfr_ct_view *ct, uint64_t now_ns)
{
	if (ct->stop_ns)
		return (ct->stop_ns - ct->start_ns) / NFR_NSEC_PER_SEC;
	return now_ns / NFR_NSEC_PER_SEC - ct->start_ns / NFR_NSEC_PER_SEC;
}

static void tail(FILE *to, const struct nfr_ct_view *ct, uint64_t now_ns, unsigned shows)
{
	if (ct->mark || (shows & SHOW_MARK))
		fprintf(to, " mark=%u", ct->mark);
	if (ct->zone)
		fprintf(to, " zone=%u", ct->zone);
	if ((shows & SHOW_AGE) && ct->has_timestamp)
		fprintf(to, " delta-time=%llu", (unsigned long long)age(ct, now_ns));
	if ((shows & SHOW_HELPER) && ct->helper)
		fprintf(to, " helper=%s", ct->helper);
	if (shows & SHOW_USE)
		fputs(" use=1", to);
}

/* Each word but the first brings the space before it. */
static void print(FILE *to, const struct nfr_ct_view *ct, uint64_t now_ns, unsigned shows)
{
	head(to, ct, shows);
	direction(to, ct, NFR_CT_DIR_ORIGINAL, shows);
	if (!(ct->status & NFR_IPS_SEEN_REPLY))
		fputs(" [UNREPLIED]", to);
	direction(to, ct, NFR_CT_DIR_REPLY, shows);
	if (ct->status & NFR_IPS_ASSURED)
		fputs(" [ASSURED]", to);
	tail(to, ct, now_ns, shows);
	fputc('\n', to);
}

void nfr_conntrack_print(FILE *to, const struct nfr_ct_view *ct, uint64_t now_ns)
{
	print(to, ct, now_ns,
	      SHOW_COUNTERS | SHOW_AGE | SHOW_MARK | SHOW_HELPER | SHOW_USE | SHOW_ZERO_TIMEOUT |
		      SHOW_STATE);
}

const char *nfr_conntrack_event_name(enum nfr_ct_event_type type)
{
	static const char *const names[] = {
		[NFR_CT_EVENT_NEW] = "    [NEW] ",
		[NFR_CT_EVENT_UPDATE] = " [UPDATE] ",
		[NFR_CT_EVENT_DESTROY] = "[DESTROY] ",
	};

	return names[type];
}

void nfr_conntrack_print_event(FILE *to, const struct nfr_ct_event *event, uint64_t now_ns)
{
	unsigned shows = SHOW_HELPER | SHOW_ZERO_TIMEOUT;

	if (event->type == NFR_CT_EVENT_DESTROY)
		shows = SHOW_COUNTERS | SHOW_AGE | SHOW_STATE;
	else if (event->bits & NFR_IPCT_MARK)
		shows |= SHOW_MARK;
	if (event->bits & NFR_IPCT_PROTOINFO)
		shows |= SHOW_STATE;
	fputs(nfr_conntrack_event_name(event->type), to);
	print(to, &event->ct, now_ns, shows);
}

static void dump_family(FILE *to, const struct nfr_net *net, uint64_t now_ns, uint8_t family)
{
	struct nfr_ct_view ct;
	uint32_t cursor = 0;

	while (nfr_ct_next(net, now_ns, &cursor, &ct))
		if (ct.tuple[NFR_CT_DIR_ORIGINAL].l3num == family)
			nfr_conntrack_print(to, &ct, now_ns);
}

void nfr_conntrack_dump(FILE *to, const struct nfr_net *net, uint64_t now_ns)
{
	dump_family(to, net, now_ns, NFR_IPV4);
	dump_family(to, net, now_ns, NFR_IPV6);
}
