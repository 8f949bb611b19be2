/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values for the options of matches and targets: one function for each enum nfr_xt_kind, so that an
 * extension with a new option is used as soon as it is there.
 */
#include "scenario.h"

#include "nfref/nfref.h"

#include <string.h>

struct maker {
	struct diff_scenario *s;
	struct diff_rnd *rnd;
	struct diff_text *to;
	uint8_t family;
	const struct nfr_xt_opt *opt;
};

static uint32_t number(struct diff_rnd *rnd, const struct nfr_xt_opt *opt, uint32_t limit)
{
	static const uint32_t good[] = {0, 1, 2, 3, 5, 7, 10, 16, 40, 60, 63, 64, 100, 128, 255, 1000};
	uint32_t max = opt->max && opt->max < limit ? opt->max : limit, i, n;

	for (i = 0; i < 20; i++) {
		n = DIFF_PICK(rnd, good);
		if (n >= opt->min && n <= max)
			return n;
	}
	return diff_chance(rnd, 50) ? opt->min : max;
}

static void none(struct maker *m)
{
	(void)m;
}

static void u8(struct maker *m)
{
	diff_put(m->to, " %u", number(m->rnd, m->opt, 255));
}

static void u16(struct maker *m)
{
	diff_put(m->to, " %u", number(m->rnd, m->opt, 65535));
}

static void u32(struct maker *m)
{
	diff_put(m->to, " %u", number(m->rnd, m->opt, UINT32_MAX));
}

static void u16_range(struct maker *m)
{
	uint32_t a = number(m->rnd, m->opt, 65535), b = number(m->rnd, m->opt, 65535);
	struct diff_text *to = m->to;

	switch (diff_below(m->rnd, 4)) {
	case 0:
		diff_put(to, " %u", a);
		break;
	case 1:
		diff_put(to, " %u:", a);
		break;
	case 2:
		diff_put(to, " :%u", a);
		break;
	default:
		diff_put(to, " %u:%u", a < b ? a : b, a < b ? b : a);
	}
}

/* Of remaining seconds: no boundary that a packet's time may be near. */
static void seconds_range(struct maker *m)
{
	diff_put(m->to, " %s", diff_chance(m->rnd, 50) ? "0:100000" : "700:900000");
}

static void port_range(struct diff_rnd *rnd, struct diff_text *to, char dash)
{
	unsigned a = diff_port(rnd), b = diff_port(rnd);

	/* NAT's ranges are of ports that nothing else uses: which one it picks can be chance */
	if (dash == '-') {
		a = diff_between(rnd, 50000, 50020);
		b = a + diff_below(rnd, 20);
	}
	if (diff_chance(rnd, 65))
		diff_put(to, " %u", a);
	else
		diff_put(to, " %u%c%u", a < b ? a : b, dash, a < b ? b : a);
}

static void ports(struct maker *m)
{
	port_range(m->rnd, m->to, ':');
}

static void nat_ports(struct maker *m)
{
	port_range(m->rnd, m->to, '-');
}

static void port_list(struct maker *m)
{
	struct diff_rnd *rnd = m->rnd;
	struct diff_text *to = m->to;
	unsigned n = diff_between(rnd, 1, 6), i, a;

	for (i = 0; i < n; i++) {
		a = diff_port(rnd);
		diff_put(to, "%s%u", i ? "," : " ", a);
		if (diff_chance(rnd, 20) && a < 60000)
			diff_put(to, ":%u", a + diff_between(rnd, 1, 500));
	}
}

static uint32_t mark(struct diff_rnd *rnd)
{
	static const uint32_t good[] = {0, 1, 2, 3, 7, 0x10, 0xf0, 0xff, 0x80000000u, 0xffffffffu};

	return DIFF_PICK(rnd, good);
}

static void one_mark(struct maker *m)
{
	diff_put(m->to, " 0x%x", mark(m->rnd));
}

static void masked_mark(struct maker *m)
{
	one_mark(m);
	if (diff_chance(m->rnd, 50))
		diff_put(m->to, "/0x%x", mark(m->rnd));
}

static void tos_bits(struct maker *m)
{
	diff_put(m->to, " 0x%02x", diff_below(m->rnd, 256));
}

static void tos(struct maker *m)
{
	struct diff_rnd *rnd = m->rnd;
	struct diff_text *to = m->to;

	static const char *const name[] = {"Minimize-Delay", "Maximize-Throughput",
					   "Normal-Service"};
	static const uint8_t good[] = {0, 2, 4, 8, 0x10, 0x28, 0xb8, 0xfc, 0xff};

	if (diff_chance(rnd, 20))
		diff_put(to, " %s", DIFF_PICK(rnd, name));
	else if (diff_chance(rnd, 50))
		diff_put(to, " 0x%02x", DIFF_PICK(rnd, good));
	else
		diff_put(to, " 0x%02x/0x%02x", DIFF_PICK(rnd, good), DIFF_PICK(rnd, good));
}

static unsigned count_names(const struct nfr_xt_name *names)
{
	unsigned n = 0;

	while (names && names[n].name)
		n++;
	return n;
}

static void names(struct maker *m)
{
	unsigned n = count_names(m->opt->names), i, step;
	unsigned k = m->opt->kind == NFR_XT_K_FLAGS ? diff_between(m->rnd, 1, 3) : 1;
	const char *before = " ";

	i = diff_below(m->rnd, n);
	step = diff_between(m->rnd, 1, n);
	for (; k; k--, i = (i + step) % n, before = ",")
		diff_put(m->to, "%s%s", before, m->opt->names[i].name);
}

static void tcp_flags(struct maker *m)
{
	static const char *const mask[] = {"FIN,SYN,RST,ACK", "SYN", "ALL", "SYN,ACK", "FIN",
					   "RST", "SYN,FIN", "PSH,URG", "NONE"};
	static const char *const comp[] = {"SYN", "SYN", "ACK", "NONE", "FIN", "SYN,ACK",
					   "RST", "ALL"};

	diff_put(m->to, " %s %s", DIFF_PICK(m->rnd, mask), DIFF_PICK(m->rnd, comp));
}

static void icmp_type(struct maker *m)
{
	static const char *const good[] = {"8", "0", "3", "3/1", "3/3", "3/4", "11", "5", "12/0",
					   "any", "echo-request", "destination-unreachable",
					   "time-exceeded", "fragmentation-needed", "port-unreachable"};

	diff_put(m->to, " %s", DIFF_PICK(m->rnd, good));
}

static void icmp6_type(struct maker *m)
{
	static const char *const good[] = {"128", "129", "1", "1/4", "2", "3", "3/0", "4/1",
					   "echo-request", "echo-reply", "destination-unreachable",
					   "packet-too-big", "time-exceeded", "port-unreachable"};

	diff_put(m->to, " %s", DIFF_PICK(m->rnd, good));
}

static void string(struct maker *m)
{
	static const char *const good[] = {"x", "drop: ", "a b", "w%d", "q\\\"q", "9.", "it's"};

	if (!strcmp(m->opt->name, "helper"))
		diff_put(m->to, " ftp");
	else
		diff_put(m->to, " \"%s\"", DIFF_PICK(m->rnd, good));
}

static void address(struct maker *m)
{
	diff_put(m->to, " ");
	diff_put_net(m->s, m->to, m->family);
}

/* Two addresses of one link, the first not behind the second. */
static void put_addresses(struct diff_scenario *s, struct diff_text *to, uint8_t family)
{
	uint8_t a[16], *last = &a[family == 4 ? 3 : 15];
	bool pool = diff_chance(&s->rnd, 50);

	diff_addr(s, &s->rnd, family, pool ? DIFF_POOL : DIFF_HOST, a);
	diff_put_addr(to, family, a);
	if (diff_chance(&s->rnd, 40))
		return;
	*last = (uint8_t)(*last + diff_between(&s->rnd, 0, pool ? 5 : 3));
	diff_put(to, "-");
	diff_put_addr(to, family, a);
}

static void address_range(struct maker *m)
{
	diff_put(m->to, " ");
	put_addresses(m->s, m->to, m->family);
}

static void nat_range(struct maker *m)
{
	struct diff_scenario *s = m->s;
	struct diff_text *to = m->to;
	uint8_t family = m->family;
	bool dnat = !strcmp(m->opt->name, "to-destination");
	bool with_addr = diff_chance(&s->rnd, 85), with_port = !with_addr || diff_chance(&s->rnd, 40);
	bool wide = diff_chance(&s->rnd, 50);
	unsigned min = wide ? diff_between(&s->rnd, 50000, 50020) : diff_port(&s->rnd);
	unsigned max = wide ? min + diff_below(&s->rnd, 20) : min;

	diff_put(to, " ");
	if (with_addr) {
		if (family == 6 && with_port)
			diff_put(to, "[");
		put_addresses(s, to, family);
		if (family == 6 && with_port)
			diff_put(to, "]");
	}
	if (!with_port)
		return;
	diff_put(to, ":%u", min);
	if (max > min && max <= 65535) {
		diff_put(to, "-%u", max);
		if (dnat && diff_chance(&s->rnd, 30))
			diff_put(to, "/%u", diff_port(&s->rnd));
	}
}

static void netmap(struct maker *m)
{
	struct diff_scenario *s = m->s;
	struct diff_text *to = m->to;
	static const uint8_t len4[] = {24, 29, 30, 32}, len6[] = {64, 123, 126, 128};

	diff_put(to, " ");
	if (m->family == 4)
		diff_put(to, "10.0.%u.32/%u", diff_between(&s->rnd, 1, s->n_ifs),
			 DIFF_PICK(&s->rnd, len4));
	else
		diff_put(to, "fd00:%u::20/%u", diff_between(&s->rnd, 1, s->n_ifs),
			 DIFF_PICK(&s->rnd, len6));
}

/* Far from a token a jiffy: real time must not decide. */
static void rate(struct maker *m)
{
	static const char *const good[] = {"1/minute", "2/hour", "1/day", "10/hour", "1/second"};

	diff_put(m->to, " %s", DIFF_PICK(m->rnd, good));
}

static void mac_address(struct maker *m)
{
	diff_put(m->to, " 02:00:00:00:%02x:%s", diff_between(m->rnd, 1, 3),
		 diff_chance(m->rnd, 80) ? "fe" : "33");
}

static void dscp_class(struct maker *m)
{
	static const char *const good[] = {"CS0", "CS1", "AF11", "AF42", "EF", "BE"};

	diff_put(m->to, " %s", DIFF_PICK(m->rnd, good));
}

static void proto(struct maker *m)
{
	static const char *const good[] = {"tcp", "udp", "icmp", "132", "47", "ipv6-icmp", "136"};

	diff_put(m->to, " %s", DIFF_PICK(m->rnd, good));
}

/* In between it is chance. */
static void probability(struct maker *m)
{
	diff_put(m->to, " %u", diff_below(m->rnd, 2));
}

static void queue_range(struct maker *m)
{
	unsigned n = diff_below(m->rnd, 3);

	diff_put(m->to, " %u:%u", n, n + 1);
}

static void zone(struct maker *m)
{
	if (diff_chance(m->rnd, 15))
		diff_put(m->to, " mark");
	else
		diff_put(m->to, " %u", diff_below(m->rnd, 3));
}

static void (*const make[NFR_XT_K_MAX])(struct maker *m) = {
	[NFR_XT_K_NONE] = none,
	[NFR_XT_K_U8] = u8,
	[NFR_XT_K_U16] = u16,
	[NFR_XT_K_U32] = u32,
	[NFR_XT_K_HEX8] = u8,
	[NFR_XT_K_HEX32] = one_mark,
	[NFR_XT_K_U16_RANGE] = u16_range,
	[NFR_XT_K_U32_RANGE] = seconds_range,
	[NFR_XT_K_PORTS] = ports,
	[NFR_XT_K_PORTS_ANY] = ports,
	[NFR_XT_K_PORT_LIST] = port_list,
	[NFR_XT_K_MARK] = masked_mark,
	[NFR_XT_K_XMARK] = masked_mark,
	[NFR_XT_K_MARK_SET] = masked_mark,
	[NFR_XT_K_MARK_AND] = one_mark,
	[NFR_XT_K_MARK_OR] = one_mark,
	[NFR_XT_K_MARK_XOR] = one_mark,
	[NFR_XT_K_TOS] = tos,
	[NFR_XT_K_TOS_SET] = tos,
	[NFR_XT_K_TOS_AND] = tos_bits,
	[NFR_XT_K_TOS_OR] = tos_bits,
	[NFR_XT_K_TOS_XOR] = tos_bits,
	[NFR_XT_K_ENUM] = names,
	[NFR_XT_K_FLAGS] = names,
	[NFR_XT_K_TCP_FLAGS] = tcp_flags,
	[NFR_XT_K_SYN] = none,
	[NFR_XT_K_ICMP_TYPE] = icmp_type,
	[NFR_XT_K_ICMP6_TYPE] = icmp6_type,
	[NFR_XT_K_STRING] = string,
	[NFR_XT_K_ADDR] = address,
	[NFR_XT_K_ADDR_RANGE] = address_range,
	[NFR_XT_K_MAC] = mac_address,
	[NFR_XT_K_RATE] = rate,
	[NFR_XT_K_PROBABILITY] = probability,
	[NFR_XT_K_PROTO] = proto,
	[NFR_XT_K_LOG_LEVEL] = names,
	[NFR_XT_K_DSCP_CLASS] = dscp_class,
	[NFR_XT_K_NAT_RANGE] = nat_range,
	[NFR_XT_K_NAT_PORTS] = nat_ports,
	[NFR_XT_K_NETMAP] = netmap,
	[NFR_XT_K_QUEUE_RANGE] = queue_range,
	[NFR_XT_K_ZONE] = zone,
};

bool diff_value(struct diff_scenario *s, struct diff_text *to, uint8_t family,
		const struct nfr_xt_opt *opt)
{
	struct maker m = {s, &s->rnd, to, family, opt};
	size_t from = to->len;

	if (!make[opt->kind])
		diff_die("no value can be made for --%s: see value.c", opt->name);
	if (!strcmp(opt->name, "timeout"))
		return false; /* a policy is not iptables' to make */
	make[opt->kind](&m);
	if (!strcmp(opt->name, "ctevents") && !strstr(to->p + from, "new"))
		diff_put(to, ",new"); /* which says what NAT drew */
	return true;
}
