/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j TCPMSS on SYNs with and without the option, whole and broken.
 */
#include "xt/rig.h"

struct row {
	const char *name;
	uint8_t family;
	uint16_t set; /* 0: clamp */
	uint16_t mtu, reverse_mtu;
	uint8_t opts[8]; /* TCP options */
	uint8_t n_opts;
	uint8_t n_data;
	int want;      /* MSS in the option afterwards, 0: no option, -1: dropped */
	uint8_t grown; /* bytes added */
};

static const struct row rows[] = {
	{"lowers", NFR_IPV4, 1000, 0, 0, {2, 4, 5, 180}, 4, 0, 1000, 0},
	{"does not raise", NFR_IPV4, 1500, 0, 0, {2, 4, 5, 180}, 4, 0, 1460, 0},
	{"same", NFR_IPV4, 1460, 0, 0, {2, 4, 5, 180}, 4, 0, 1460, 0},
	{"behind NOPs", NFR_IPV4, 1000, 0, 0, {1, 1, 1, 1, 2, 4, 5, 180}, 8, 0, 1000, 0},
	{"clamps to the way on", NFR_IPV4, 0, 1400, 1500, {2, 4, 5, 180}, 4, 0, 1360, 0},
	{"clamps to the way back", NFR_IPV4, 0, 1500, 1300, {2, 4, 5, 180}, 4, 0, 1260, 0},
	{"clamps IPv6", NFR_IPV6, 0, 1400, 1500, {2, 4, 5, 180}, 4, 0, 1340, 0},
	{"no room in the MTU", NFR_IPV4, 0, 40, 1500, {2, 4, 5, 180}, 4, 0, -1, 0},
	{"adds", NFR_IPV4, 1000, 0, 0, {0}, 0, 0, 536, 4},
	{"adds before others", NFR_IPV4, 400, 0, 0, {3, 3, 7, 1}, 4, 0, 400, 4},
	{"adds to IPv6", NFR_IPV6, 2000, 0, 0, {0}, 0, 0, 1220, 4},
	{"does not add to data", NFR_IPV4, 1000, 0, 0, {0}, 0, 4, 0, 0},
	{"wrong length is no option", NFR_IPV4, 1000, 0, 0, {2, 3, 5, 180}, 4, 1, 0, 0},
	{"length 0 counts as 1", NFR_IPV4, 1000, 0, 0, {9, 0, 1, 1, 2, 4, 5, 180}, 8, 0, 1000, 0},
};

static int mss_of(const struct nfr_pkt *pkt)
{
	const uint8_t *tcp = pkt->data + pkt->l4_off;

	for (unsigned i = 20; i + 4 <= (tcp[12] >> 4) * 4u; i++)
		if (tcp[i] == 2 && tcp[i + 1] == 4)
			return nfr_get16(tcp + i + 2);
	return 0;
}

/* A SYN with these options; checks the header's own tables of lengths and sums afterwards. */
static void run_row(const struct row *row, uint32_t room)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt =
		rig_pkt(&p, row->family, NFR_IPPROTO_TCP, 20u + row->n_opts + row->n_data);
	uint8_t *tcp = pkt->data + pkt->l4_off;
	uint32_t len = pkt->len;
	unsigned verdict;

	print_message("%s, room %u\n", row->name, (unsigned)room);
	memcpy(tcp + 20, row->opts, row->n_opts);
	tcp[12] = (uint8_t)((20 + row->n_opts) / 4 << 4);
	rig_csum(&p);
	pkt->room = pkt->len + room;
	pkt->dst.mtu = row->mtu;
	rig->reverse_mtu = row->reverse_mtu;
	rig_use(&use, &nfr_xt_target_TCPMSS);
	rig_set(&use, row->set ? "set-mss" : "clamp-mss-to-pmtu", &row->set);
	verdict = rig_target(rig, &use, pkt);
	assert_int_equal(verdict, row->want < 0 ? (unsigned)NFR_DROP : NFR_XT_CONTINUE);
	if (row->want >= 0) {
		memcpy(p.data, pkt->data, pkt->len); /* it may have moved to a buffer */
		assert_int_equal(mss_of(pkt), row->want);
		assert_int_equal(pkt->len, len + row->grown);
		assert_int_equal(nfr_get16(pkt->data + (row->family == NFR_IPV4 ? 2 : 4)),
				 row->family == NFR_IPV4 ? pkt->len : pkt->len - 40);
		nfr_env_buf_put(&rig->env, pkt->buf);
		pkt->data = p.data;
		assert_true(rig_csums_ok(&p));
	} else {
		assert_int_equal(pkt->reason, NFR_REASON_RULE_TARGET_DROP);
	}
	rig_free(rig);
}

static void test_rows(void **s)
{
	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(&rows[i], 64);
		run_row(&rows[i], 0);
	}
}

static void test_broken(void **s)
{
	static const struct {
		const char *name;
		uint8_t doff;
		uint32_t l4_len;
		uint16_t frag_off;
		unsigned want;
	} cases[] = {
		{"fragment", 5, 20, 64, NFR_XT_CONTINUE},
		{"cut off", 5, 19, 0, NFR_DROP},
		{"header too short", 4, 20, 0, NFR_DROP},
		{"header beyond the packet", 6, 20, 0, NFR_DROP},
		{"header full", 15, 60, 0, NFR_XT_CONTINUE},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, cases[i].l4_len);

		memset(p.data + 40, 1, 40);
		p.data[32] = (uint8_t)(cases[i].doff << 4);
		pkt->frag_off = cases[i].frag_off;
		rig_use(&use, &nfr_xt_target_TCPMSS);
		rig_set(&use, "set-mss", &(uint16_t){1000});
		print_message("%s\n", cases[i].name);
		assert_int_equal(rig_target(rig, &use, pkt), cases[i].want);
		rig_free(rig);
	}
}

static void test_no_buffer(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

	(void)s;
	pkt->room = pkt->len;
	nfr_pool_fail(&rig->env.bufs, 1, false);
	rig_use(&use, &nfr_xt_target_TCPMSS);
	rig_set(&use, "set-mss", &(uint16_t){1000});
	assert_int_equal(rig_target(rig, &use, pkt), NFR_DROP);
	assert_int_equal(pkt->reason, NFR_REASON_NO_BUFFER);
	rig_free(rig);
}

/* The rule must look at SYN, by a tcp match that is not inverted; clamping needs a route. */
static void test_refused(void **s)
{
	static const struct {
		const char *name;
		const char *flags_opt; /* NULL: no tcp match */
		uint8_t flags[2];
		const char *opt;
		uint16_t mss;
		uint8_t family;
		const char *chain;
		enum nfr_status want;
	} cases[] = {
		{"syn", "tcp-flags", {0x17, 0x02}, "set-mss", 5, NFR_IPV4, "INPUT", NFR_OK},
		{"SYN of SYN,RST",
		 "tcp-flags",
		 {0x06, 0x06},
		 "set-mss",
		 5,
		 NFR_IPV4,
		 "INPUT",
		 NFR_OK},
		{"no match", NULL, {0}, "set-mss", 5, NFR_IPV4, "INPUT", NFR_EINVAL},
		{"NONE", "tcp-flags", {0x06, 0}, "set-mss", 5, NFR_IPV4, "INPUT", NFR_EINVAL},
		{"not SYN",
		 "!tcp-flags",
		 {0x17, 0x02},
		 "set-mss",
		 5,
		 NFR_IPV4,
		 "INPUT",
		 NFR_EINVAL},
		{"clamp", "syn", {0x17, 0x02}, "clamp-mss-to-pmtu", 0, NFR_IPV4, "FORWARD", NFR_OK},
		{"clamp without a route",
		 "syn",
		 {0x17, 0x02},
		 "clamp-mss-to-pmtu",
		 0,
		 NFR_IPV4,
		 "INPUT",
		 NFR_EINVAL},
		{"largest", "syn", {0x17, 0x02}, "set-mss", 65515, NFR_IPV4, "INPUT", NFR_OK},
		{"too large", "syn", {0x17, 0x02}, "set-mss", 65516, NFR_IPV4, "INPUT", NFR_EINVAL},
		{"largest 6", "syn", {0x17, 0x02}, "set-mss", 65495, NFR_IPV6, "INPUT", NFR_OK},
		{"too large 6",
		 "syn",
		 {0x17, 0x02},
		 "set-mss",
		 65496,
		 NFR_IPV6,
		 "INPUT",
		 NFR_EINVAL},
		{"nothing to do", "syn", {0x17, 0x02}, NULL, 0, NFR_IPV4, "INPUT", NFR_EINVAL},
	};
	static struct nfr_xt_rule rule;
	struct nfr_xt_error err;

	(void)s;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rig *rig = rig_new();
		enum nfr_status status;

		memset(&rule, 0, sizeof(rule));
		rule.ip.proto = NFR_IPPROTO_TCP;
		rule.n_matches = cases[i].flags_opt ? 2 : 1;
		rig_use(&rule.match[0], &nfr_xt_match_tcp); /* any tcp match may do it */
		rig_use(&rule.match[1], &nfr_xt_match_tcp);
		if (cases[i].flags_opt) {
			bool syn = strcmp(cases[i].flags_opt, "syn") == 0;

			rig_set(&rule.match[1], syn ? "tcp-flags" : cases[i].flags_opt,
				cases[i].flags);
		}
		rig_use(&rule.target, &nfr_xt_target_TCPMSS);
		if (cases[i].opt)
			rig_set(&rule.target, cases[i].opt, &cases[i].mss);
		assert_int_equal(nfr_xt_begin(rig_net(rig), cases[i].family, NFR_XT_FILTER),
				 NFR_OK);
		status = nfr_xt_append(rig_net(rig), cases[i].chain, &rule, &err);
		if (status == NFR_OK)
			status = nfr_xt_commit(rig_net(rig), &err);
		print_message("%s\n", cases[i].name);
		assert_int_equal(status, cases[i].want);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_no_buffer),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("xt/target_tcpmss", tests, NULL, NULL);
}
