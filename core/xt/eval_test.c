/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk through the rules: what matches, what counts, where it goes on, what is told.
 */
#include "xt/rig.h"

static struct nfr_xt_rule rule;
static struct nfr_xt_error err;

static void begin(struct rig *rig)
{
	assert_int_equal(nfr_xt_begin(rig_net(rig), rig->state.family, NFR_XT_FILTER), NFR_OK);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(nfr_xt_chain(rig_net(rig), (const char *[]){"a", "b", "c"}[i],
					      NFR_XT_NO_POLICY, 0, 0, &err),
				 NFR_OK);
}

/* Adds "chain>target", with `~` for goto and `?` for a condition that does not hold. */
static void add(struct rig *rig, const char *text)
{
	const char *to = strchr(text, '>') + 1;
	char chain[32];

	memset(&rule, 0, sizeof(rule));
	snprintf(chain, sizeof(chain), "%.*s", (int)(to - 1 - text), text);
	if (*to == '?')
		rule.ip.proto = NFR_IPPROTO_SCTP;
	if (*to == '~')
		rule.ip.flags = NFR_XT_IP_GOTO;
	to += *to == '?' || *to == '~';
	snprintf(rule.jump, sizeof(rule.jump), "%s", to);
	assert_int_equal(nfr_xt_append(rig_net(rig), chain, &rule, &err), NFR_OK);
}

static void commit(struct rig *rig)
{
	assert_int_equal(nfr_xt_commit(rig_net(rig), &err), NFR_OK);
}

static unsigned run(struct rig *rig, struct nfr_pkt *pkt)
{
	return nfr_xt_table_run(nfr_xt_table_of(&rig->xt, rig->state.family, NFR_XT_FILTER), pkt,
				&rig->state);
}

static uint64_t rule_packets(struct rig *rig, uint32_t chain, uint32_t num, uint64_t *bytes)
{
	assert_int_equal(
		nfr_xt_get_rule(rig_net(rig), rig->state.family, NFR_XT_FILTER, chain, num, &rule),
		NFR_OK);
	*bytes = rule.bytes;
	return rule.packets;
}

static uint64_t policy_packets(struct rig *rig)
{
	struct nfr_xt_chain_info info;

	nfr_xt_get_chain(rig_net(rig), rig->state.family, NFR_XT_FILTER, 1, &info);
	assert_int_equal(info.bytes, info.packets * 48);
	return info.packets;
}

/* The way of a TRACEd packet, as Linux 6.18 logs it for the same rules. */
static void test_way(void **s)
{
	static const struct {
		const char *name;
		const char *rules[8];
		uint8_t policy;
		unsigned verdict;
		enum nfr_reason reason;
		const char *way[10];
	} rows[] = {
		{"policy",
		 {NULL},
		 NFR_DROP,
		 NFR_DROP,
		 NFR_REASON_POLICY_DROP,
		 {"TRACE: filter:FORWARD:policy:1 "}},
		{"empty target only counts",
		 {"FORWARD>"},
		 NFR_ACCEPT,
		 NFR_ACCEPT,
		 0,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:FORWARD:policy:2 "}},
		{"unconditional verdict is called policy",
		 {"FORWARD>?DROP", "FORWARD>DROP"},
		 NFR_ACCEPT,
		 NFR_DROP,
		 NFR_REASON_RULE_DROP,
		 {"TRACE: filter:FORWARD:policy:2 "}},
		{"jump, end of chain, policy",
		 {"FORWARD>a", "a>?ACCEPT", "FORWARD>"},
		 NFR_ACCEPT,
		 NFR_ACCEPT,
		 0,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:a:return:2 ",
		  "TRACE: filter:FORWARD:rule:2 ", "TRACE: filter:FORWARD:policy:3 "}},
		{"RETURN from a user chain",
		 {"FORWARD>a", "a>RETURN", "a>DROP"},
		 NFR_ACCEPT,
		 NFR_ACCEPT,
		 0,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:a:return:1 ",
		  "TRACE: filter:FORWARD:policy:2 "}},
		{"RETURN from a built-in chain",
		 {"FORWARD>RETURN", "FORWARD>ACCEPT"},
		 NFR_DROP,
		 NFR_DROP,
		 NFR_REASON_POLICY_DROP,
		 {"TRACE: filter:FORWARD:policy:1 ", "TRACE: filter:FORWARD:policy:3 "}},
		{"goto goes back past its chain",
		 {"FORWARD>a", "FORWARD>ACCEPT", "a>~b", "a>DROP", "b>?DROP"},
		 NFR_DROP,
		 NFR_ACCEPT,
		 0,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:a:rule:1 ",
		  "TRACE: filter:b:return:2 ", "TRACE: filter:FORWARD:policy:2 "}},
		{"goto from a built-in chain ends in its policy",
		 {"FORWARD>~a", "FORWARD>ACCEPT", "a>"},
		 NFR_DROP,
		 NFR_DROP,
		 NFR_REASON_POLICY_DROP,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:a:rule:1 ",
		  "TRACE: filter:a:return:2 ", "TRACE: filter:FORWARD:policy:3 "}},
		{"nested, and a chain used twice",
		 {"FORWARD>a", "FORWARD>b", "a>b", "b>c", "c>", "FORWARD>QUEUE"},
		 NFR_ACCEPT,
		 NFR_QUEUE,
		 0,
		 {"TRACE: filter:FORWARD:rule:1 ", "TRACE: filter:a:rule:1 ",
		  "TRACE: filter:b:rule:1 ", "TRACE: filter:c:rule:1 ", "TRACE: filter:c:return:2 ",
		  "TRACE: filter:b:return:2 ", "TRACE: filter:a:return:2 ",
		  "TRACE: filter:FORWARD:rule:2 ", "TRACE: filter:b:rule:1 ",
		  "TRACE: filter:c:rule:1 "}},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

		begin(rig);
		nfr_xt_chain(rig_net(rig), "FORWARD", rows[i].policy, 0, 0, &err);
		for (unsigned k = 0; k < 8 && rows[i].rules[k]; k++)
			add(rig, rows[i].rules[k]);
		commit(rig);
		pkt->flags = NFR_PKT_TRACE;
		print_message("%s\n", rows[i].name);
		assert_int_equal(run(rig, pkt), rows[i].verdict);
		assert_int_equal(pkt->reason, rows[i].reason);
		for (unsigned k = 0; k < 10 && rows[i].way[k]; k++)
			assert_string_equal(rig->log[k], rows[i].way[k]);
		assert_int_equal(rig->n_log, rig->n_trace);
		assert_int_equal(rig->log_level, 4);
		rig_free(rig);
	}
}

static void test_counters(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);
	uint64_t bytes;

	(void)s;
	begin(rig);
	add(rig, "FORWARD>a");
	add(rig, "FORWARD>?DROP");
	add(rig, "a>");
	commit(rig);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(run(rig, pkt), NFR_ACCEPT);
	assert_int_equal(rule_packets(rig, 1, 0, &bytes), 5);
	assert_int_equal(bytes, 5 * 48);
	assert_int_equal(rule_packets(rig, 1, 1, &bytes), 0);
	assert_int_equal(rule_packets(rig, 3, 0, &bytes), 5);
	assert_int_equal(policy_packets(rig), 5);
	assert_int_equal(rig->n_trace + rig->n_log, 0);
	/* a packet that is only watched has its steps told, and no lines in the log */
	pkt->flags = NFR_PKT_WATCHED;
	run(rig, pkt);
	assert_int_equal(rig->n_log, 0);
	assert_int_equal(rig->n_trace, 4);
	assert_string_equal(rig->trace[0], "filter:FORWARD:rule:1:a");
	assert_string_equal(rig->trace[1], "filter:a:rule:1:");
	assert_string_equal(rig->trace[2], "filter:a:return:2:RETURN");
	assert_string_equal(rig->trace[3], "filter:FORWARD:policy:3:ACCEPT");
	rig_free(rig);
}

struct generic_row {
	const char *name;
	const char *in, *out;
	uint8_t src, src_len, dst, dst_len; /* last byte and prefix length */
	uint8_t proto, flags, invert;
	bool want;
};

/* One rule with this generic part and DROP, on a packet from .1 to .2, eth0 to eth1, UDP. */
static void check_generic(uint8_t family, const struct generic_row *row)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, family, NFR_IPPROTO_UDP, 28);

	rig->state.family = family;
	begin(rig);
	memset(&rule, 0, sizeof(rule));
	strcpy(rule.jump, "DROP");
	snprintf(rule.ip.in, NFR_IFNAMSIZ, "%s", row->in ? row->in : "");
	snprintf(rule.ip.out, NFR_IFNAMSIZ, "%s", row->out ? row->out : "");
	rig_addr(rule.ip.src.b, family, row->src);
	memset(rule.ip.src_mask.b, 0xff, row->src_len / 8);
	rig_addr(rule.ip.dst.b, family, row->dst);
	memset(rule.ip.dst_mask.b, 0xff, row->dst_len / 8);
	rule.ip.proto = row->proto;
	rule.ip.flags = row->flags;
	rule.ip.invert = row->invert;
	assert_int_equal(nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err), NFR_OK);
	commit(rig);
	print_message("%s\n", row->name);
	assert_int_equal(run(rig, pkt), row->want ? NFR_DROP : NFR_ACCEPT);
	rig_free(rig);
}

static void test_generic(void **s)
{
	static const struct generic_row rows[] = {
		{.name = "nothing", .want = true},
		{.name = "in", .in = "eth0", .want = true},
		{.name = "in other", .in = "eth1", .want = false},
		{.name = "in longer", .in = "eth01", .want = false},
		{.name = "in shorter", .in = "eth", .want = false},
		{.name = "in +", .in = "eth+", .want = true},
		{.name = "in all of it and +", .in = "eth0+", .want = true},
		{.name = "in other +", .in = "ppp+", .want = false},
		{.name = "in lone +", .in = "+", .want = true},
		{.name = "not lone +", .in = "+", .invert = NFR_XT_INV_IN, .want = true},
		{.name = "not in", .in = "eth0", .invert = NFR_XT_INV_IN, .want = false},
		{.name = "not in other", .in = "ppp0", .invert = NFR_XT_INV_IN, .want = true},
		{.name = "out", .out = "eth1", .want = true},
		{.name = "out other", .out = "eth10", .want = false},
		{.name = "out not", .out = "eth1", .invert = NFR_XT_INV_OUT, .want = false},
		{.name = "in and out", .in = "eth0", .out = "eth1", .want = true},
		{.name = "proto", .proto = NFR_IPPROTO_UDP, .want = true},
		{.name = "proto other", .proto = NFR_IPPROTO_TCP, .want = false},
		{.name = "proto not",
		 .proto = NFR_IPPROTO_UDP,
		 .invert = NFR_XT_INV_PROTO,
		 .want = false},
		{.name = "proto not other",
		 .proto = NFR_IPPROTO_TCP,
		 .invert = NFR_XT_INV_PROTO,
		 .want = true},
	};
	static const struct generic_row rows4[] = {
		{.name = "src", .src = 1, .src_len = 32, .want = true},
		{.name = "src other", .src = 2, .src_len = 32, .want = false},
		{.name = "src net", .src = 77, .src_len = 24, .want = true},
		{.name = "src not",
		 .src = 1,
		 .src_len = 32,
		 .invert = NFR_XT_INV_SRC,
		 .want = false},
		{.name = "src not other",
		 .src = 2,
		 .src_len = 32,
		 .invert = NFR_XT_INV_SRC,
		 .want = true},
		{.name = "not 0/0", .invert = NFR_XT_INV_SRC, .want = false},
		{.name = "dst", .dst = 2, .dst_len = 32, .want = true},
		{.name = "dst other", .dst = 1, .dst_len = 32, .want = false},
		{.name = "dst not other",
		 .dst = 1,
		 .dst_len = 32,
		 .invert = NFR_XT_INV_DST,
		 .want = true},
		{.name = "both", .src = 1, .src_len = 32, .dst = 2, .dst_len = 32, .want = true},
		{.name = "-f", .flags = NFR_XT_IP_FRAG, .want = false},
		{.name = "! -f", .flags = NFR_XT_IP_FRAG, .invert = NFR_XT_INV_FRAG, .want = true},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_generic(NFR_IPV4, &rows[i]);
		check_generic(NFR_IPV6, &rows[i]);
	}
	for (size_t i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++) {
		struct generic_row row6 = rows4[i];

		check_generic(NFR_IPV4, &rows4[i]);
		row6.src_len = row6.src_len == 32 ? 128 : row6.src_len;
		row6.dst_len = row6.dst_len == 32 ? 128 : row6.dst_len;
		if (!row6.flags)
			check_generic(NFR_IPV6, &row6);
	}
}

/* No interface at all: local packets have no `in`, and `! -i` fits them. */
static void test_no_interface(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	begin(rig);
	memset(&rule, 0, sizeof(rule));
	strcpy(rule.jump, "DROP");
	strcpy(rule.ip.in, "eth0");
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	commit(rig);
	rig->state.in = 0;
	assert_int_equal(run(rig, pkt), NFR_ACCEPT);
	begin(rig);
	rule.ip.invert = NFR_XT_INV_IN;
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	commit(rig);
	assert_int_equal(run(rig, pkt), NFR_DROP);
	rig_free(rig);
}

static void test_hotdrop(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 12);
	uint64_t bytes;

	(void)s;
	begin(rig);
	memset(&rule, 0, sizeof(rule));
	strcpy(rule.jump, "ACCEPT");
	rule.ip.proto = NFR_IPPROTO_TCP;
	rule.n_matches = 1;
	rig_use(&rule.match[0], &nfr_xt_match_tcp);
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	commit(rig);
	assert_int_equal(run(rig, pkt), NFR_DROP);
	assert_int_equal(pkt->reason, NFR_REASON_RULE_HOTDROP);
	assert_int_equal(rule_packets(rig, 1, 0, &bytes), 0);
	rig_free(rig);
}

/* IPv6 headers that are cut off drop the packet at the first rule that asks for a protocol. */
static void test_broken_ipv6(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV6, NFR_IPPROTO_HOPOPTS, 1);

	(void)s;
	rig->state.family = NFR_IPV6;
	begin(rig);
	add(rig, "FORWARD>?ACCEPT");
	commit(rig);
	nfr_pkt_parse_l4(pkt);
	assert_int_equal(run(rig, pkt), NFR_DROP);
	assert_int_equal(pkt->reason, NFR_REASON_RULE_HOTDROP);
	/* a fragment that is not the first and begins with an extension header */
	pkt = rig_pkt(&p, NFR_IPV6, NFR_IPPROTO_FRAGMENT, 40);
	p.data[40] = NFR_IPPROTO_DSTOPTS;
	nfr_put16(p.data + 42, 8 << 3);
	nfr_pkt_parse_l4(pkt);
	pkt->reason = 0;
	assert_int_equal(run(rig, pkt), NFR_DROP);
	/* one that begins with UDP has a protocol */
	p.data[40] = NFR_IPPROTO_UDP;
	nfr_pkt_parse_l4(pkt);
	pkt->reason = 0;
	assert_int_equal(run(rig, pkt), NFR_ACCEPT);
	rig_free(rig);
}

/* A header that is longer than the packet: the kernels that the older ones to be like stand for
 * have learned not to believe what it says of the next one. */
static void test_too_long_ipv6(void **s)
{
	static const struct {
		uint8_t next, words; /* what the header says */
		unsigned old;
	} rows[] = {
		{NFR_IPPROTO_UDP, 2, NFR_ACCEPT},  {NFR_IPPROTO_UDP, 3, NFR_DROP},
		{NFR_IPPROTO_NONE, 2, NFR_ACCEPT}, {NFR_IPPROTO_NONE, 3, NFR_DROP},
		{NFR_IPPROTO_UDP, 255, NFR_DROP},  {99, 255, NFR_DROP},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (unsigned old = 0; old < 2; old++) {
			struct rig *rig = rig_new();
			struct rig_pkt p;
			struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV6, NFR_IPPROTO_DSTOPTS, 24);

			rig->state.family = NFR_IPV6;
			rig->env.linux_version = old ? NFR_LINUX(6, 12) : NFR_LINUX(6, 18);
			begin(rig);
			add(rig, "FORWARD>?ACCEPT");
			commit(rig);
			p.data[40] = rows[i].next;
			p.data[41] = rows[i].words;
			nfr_pkt_parse_l4(pkt);
			assert_int_equal(run(rig, pkt), old ? rows[i].old : NFR_ACCEPT);
			rig_free(rig);
		}
	}
}

/* All matches must hold, and those behind the first that does not are not asked. */
static void test_all_matches(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	begin(rig);
	memset(&rule, 0, sizeof(rule));
	strcpy(rule.jump, "DROP");
	rule.n_matches = 2;
	rig_use(&rule.match[0], &nfr_xt_match_statistic);
	rig_set(&rule.match[0], "mode", &(uint8_t){1});
	rig_set(&rule.match[0], "every", &(uint32_t){2});
	rig_set(&rule.match[0], "packet", &(uint32_t){0});
	rule.match[1] = rule.match[0]; /* counts only what the first lets through */
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	commit(rig);
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(run(rig, pkt), i % 4 == 0 ? NFR_DROP : NFR_ACCEPT);
	rig_free(rig);
}

/* A target may give a verdict or go on; a drop without a reason gets one. */
static void test_targets(void **s)
{
	struct rig *rig = rig_new();
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	begin(rig);
	memset(&rule, 0, sizeof(rule));
	rig_use(&rule.target, &nfr_xt_target_MARK);
	rig_set(&rule.target, "set-xmark", &(struct nfr_xt_mark){7, 0xff});
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	rig_use(&rule.target, &nfr_xt_target_NFQUEUE);
	rig_set(&rule.target, "queue-num", &(uint16_t){9});
	nfr_xt_append(rig_net(rig), "FORWARD", &rule, &err);
	commit(rig);
	pkt->flags = NFR_PKT_WATCHED;
	assert_int_equal(run(rig, pkt), nfr_queue_verdict(9, false));
	assert_int_equal(pkt->mark, 7);
	assert_string_equal(rig->trace[0], "filter:FORWARD:rule:1:MARK");
	assert_string_equal(rig->trace[1], "filter:FORWARD:rule:2:NFQUEUE");
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_way),	      cmocka_unit_test(test_counters),
		cmocka_unit_test(test_generic),	      cmocka_unit_test(test_no_interface),
		cmocka_unit_test(test_hotdrop),	      cmocka_unit_test(test_broken_ipv6),
		cmocka_unit_test(test_too_long_ipv6), cmocka_unit_test(test_all_matches),
		cmocka_unit_test(test_targets),
	};

	return cmocka_run_group_tests_name("xt/eval", tests, NULL, NULL);
}
