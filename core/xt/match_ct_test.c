/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches that look at the packet's connection: conntrack, state, connmark, helper.
 */
#include "ct/expect.h"
#include "xt/conntrack.h"
#include "xt/rig.h"

#define S NFR_NSEC_PER_SEC

/* A confirmed TCP connection 10.0.0.1:1000 → 10.0.0.2:80, source translated to 10.0.0.9:2000. */
static struct nfr_ct *connection(struct rig *rig, struct nfr_pkt *pkt, uint8_t ctinfo)
{
	struct nfr_ct *ct = rig_ct(rig, pkt, ctinfo);
	struct nfr_ct_key *orig = &ct->key[NFR_CT_DIR_ORIGINAL];
	struct nfr_ct_key *reply = &ct->key[NFR_CT_DIR_REPLY];

	*orig = (struct nfr_ct_key){.protonum = NFR_IPPROTO_TCP, .l3num = NFR_IPV4};
	rig_addr(orig->src.b, NFR_IPV4, 1);
	rig_addr(orig->dst.b, NFR_IPV4, 2);
	orig->src_l4 = nfr_htons(1000);
	orig->dst_l4 = nfr_htons(80);
	*reply = *orig;
	rig_addr(reply->src.b, NFR_IPV4, 2);
	rig_addr(reply->dst.b, NFR_IPV4, 9);
	reply->src_l4 = nfr_htons(80);
	reply->dst_l4 = nfr_htons(2000);
	ct->status = NFR_IPS_CONFIRMED | NFR_IPS_ASSURED | NFR_IPS_SRC_NAT;
	ct->expires_ns = 100 * S;
	ct->mark = 0x1234;
	return ct;
}

static void test_states(void **s)
{
	static const struct {
		bool has_ct;
		uint8_t ctinfo;
		uint32_t want;
	} rows[] = {
		{true, NFR_CT_ESTABLISHED, NFR_XT_CTSTATE_ESTABLISHED},
		{true, NFR_CT_RELATED, NFR_XT_CTSTATE_RELATED},
		{true, NFR_CT_NEW, NFR_XT_CTSTATE_NEW},
		{true, NFR_CT_ESTABLISHED_REPLY, NFR_XT_CTSTATE_ESTABLISHED},
		{true, NFR_CT_RELATED_REPLY, NFR_XT_CTSTATE_RELATED},
		{false, 0, NFR_XT_CTSTATE_INVALID},
		{false, NFR_CT_UNTRACKED, NFR_XT_CTSTATE_UNTRACKED},
	};
	static const struct {
		const struct nfr_xt_ext *ext;
		const char *opt[2];
	} exts[] = {
		{&nfr_xt_match_state, {"state", "!state"}},
		{&nfr_xt_match_conntrack, {"ctstate", "!ctstate"}},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (uint32_t bit = 0; bit < 5; bit++)
			for (unsigned k = 0; k < 4; k++) {
				struct rig *rig = rig_new();
				struct nfr_xt_ext_use use;
				struct rig_pkt p;
				struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);
				uint32_t state = 1u << bit;

				if (rows[i].has_ct)
					connection(rig, pkt, rows[i].ctinfo);
				pkt->ctinfo = rows[i].ctinfo;
				rig_use(&use, exts[k / 2].ext);
				rig_set(&use, exts[k / 2].opt[k % 2], &state);
				assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
				assert_int_equal(rig_match(rig, &use, pkt),
						 (state == rows[i].want) != (k % 2));
				rig_free(rig);
			}
}

static void net4(union nfr_addr a[2], uint8_t last, uint8_t mask_last)
{
	memset(a, 0, 2 * sizeof(*a));
	rig_addr(a[0].b, NFR_IPV4, last);
	memset(a[1].b, 0xff, 3);
	a[1].b[3] = mask_last;
}

static void test_conntrack(void **s)
{
	union nfr_addr h1[2], h2[2], h9[2], odd[2];
	const struct {
		const char *name, *opt;
		const void *value;
		bool want;
	} rows[] = {
		{"proto", "ctproto", &(uint16_t){6}, true},
		{"other proto", "ctproto", &(uint16_t){17}, false},
		{"not other proto", "!ctproto", &(uint16_t){17}, true},
		{"origsrc", "ctorigsrc", h1, true},
		{"not origsrc", "!ctorigsrc", h1, false},
		{"origsrc other", "ctorigsrc", h2, false},
		{"origsrc under a mask of the last bits", "ctorigsrc", odd, true},
		{"origdst", "ctorigdst", h2, true},
		{"replsrc", "ctreplsrc", h2, true},
		{"repldst", "ctrepldst", h9, true},
		{"repldst other", "ctrepldst", h1, false},
		{"origsrcport", "ctorigsrcport", (uint16_t[]){1000, 1000}, true},
		{"origdstport", "ctorigdstport", (uint16_t[]){79, 81}, true},
		{"replsrcport", "ctreplsrcport", (uint16_t[]){80, 80}, true},
		{"repldstport", "ctrepldstport", (uint16_t[]){2000, 2000}, true},
		{"repldstport other", "ctrepldstport", (uint16_t[]){1000, 1000}, false},
		{"not repldstport", "!ctrepldstport", (uint16_t[]){2000, 2000}, false},
		{"ports upside down", "ctorigsrcport", (uint16_t[]){2000, 1}, false},
		{"status", "ctstatus", &(uint32_t){NFR_IPS_ASSURED | NFR_IPS_EXPECTED}, true},
		{"status not set", "ctstatus", &(uint32_t){NFR_IPS_SEEN_REPLY}, false},
		{"not status", "!ctstatus", &(uint32_t){NFR_IPS_SEEN_REPLY}, true},
		{"status NONE", "ctstatus", &(uint32_t){0}, false},
		{"expire", "ctexpire", (uint32_t[]){90, 90}, true},
		{"expire more", "ctexpire", (uint32_t[]){91, 1000}, false},
		{"expire less", "ctexpire", (uint32_t[]){0, 89}, false},
		{"not expire", "!ctexpire", (uint32_t[]){0, 89}, true},
		{"dir", "ctdir", &(uint8_t){NFR_CT_DIR_REPLY}, true},
		{"other dir", "ctdir", &(uint8_t){NFR_CT_DIR_ORIGINAL}, false},
		{"SNAT", "ctstate", &(uint32_t){NFR_XT_CTSTATE_SNAT}, true},
		{"DNAT", "ctstate", &(uint32_t){NFR_XT_CTSTATE_DNAT}, false},
		{"not DNAT", "!ctstate", &(uint32_t){NFR_XT_CTSTATE_DNAT}, true},
	};

	(void)s;
	net4(h1, 1, 255);
	net4(h2, 2, 255);
	net4(h9, 9, 255);
	net4(odd, 0xf1, 0x0f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

		rig->env.now_ns = 10 * S - 1;
		connection(rig, pkt, NFR_CT_ESTABLISHED_REPLY);
		rig_use(&use, &nfr_xt_match_conntrack);
		rig_set(&use, rows[i].opt, rows[i].value);
		print_message("%s\n", rows[i].name);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

/* Without a connection --ctstate alone decides; without --ctstate nothing matches. */
static void test_no_connection(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

	(void)s;
	rig_use(&use, &nfr_xt_match_conntrack);
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	rig_set(&use, "!ctproto", &(uint16_t){17});
	assert_int_equal(rig_match(rig, &use, pkt), RIG_NO);
	rig_set(&use, "ctstate", &(uint32_t){NFR_XT_CTSTATE_INVALID});
	assert_int_equal(rig_match(rig, &use, pkt), RIG_YES);
	rig_use(&use, &nfr_xt_match_connmark);
	rig_set(&use, "!mark", &(struct nfr_xt_mark){1, 1});
	assert_int_equal(rig_match(rig, &use, pkt), RIG_NO);
	rig_use(&use, &nfr_xt_match_helper);
	rig_set(&use, "!helper", "ftp");
	assert_int_equal(rig_match(rig, &use, pkt), RIG_YES);
	rig_free(rig);
}

static void test_unconfirmed_has_no_deadline(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

	(void)s;
	connection(rig, pkt, NFR_CT_NEW)->status = 0;
	rig_use(&use, &nfr_xt_match_conntrack);
	rig_set(&use, "ctexpire", (uint32_t[]){0, 0});
	assert_int_equal(rig_match(rig, &use, pkt), RIG_YES);
	rig_free(rig);
}

static void test_connmark(void **s)
{
	static const struct {
		const char *opt;
		struct nfr_xt_mark mark;
		bool want;
	} rows[] = {
		{"mark", {0x1234, UINT32_MAX}, true}, {"mark", {0x34, 0xff}, true},
		{"mark", {0x1234, 0xff}, false},      {"!mark", {0x34, 0xff}, false},
		{"!mark", {0x35, 0xff}, true},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

		connection(rig, pkt, NFR_CT_ESTABLISHED);
		rig_use(&use, &nfr_xt_match_connmark);
		rig_set(&use, rows[i].opt, &rows[i].mark);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

static void test_helper(void **s)
{
	static const struct {
		const char *opt, *name;
		bool has_helper, same_id, want;
	} rows[] = {
		{"helper", "ftp", true, true, true},   {"helper", "ftp-2121", true, true, true},
		{"helper", "ft", true, true, false},   {"helper", "", true, true, true},
		{"helper", "irc", true, true, false},  {"!helper", "irc", true, true, true},
		{"!helper", "ftp", true, true, false}, {"helper", "", false, true, false},
		{"helper", "ftp", true, false, false}, /* the master's record is another's now */
	};
	static const struct nfr_ct_helper ftp = {.name = "ftp"};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p, mp;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);
		struct nfr_ct *master = connection(rig, rig_pkt(&mp, NFR_IPV4, 6, 20), 0);
		struct nfr_ct *ct = connection(rig, pkt, NFR_CT_NEW);
		struct nfr_ct_ext *ext;

		master->id = 77;
		if (rows[i].has_helper) {
			ext = nfr_ct_ext_get(&rig->ct, master);
			ext->helper = &ftp;
			ext->has |= NFR_CT_EXT_HELPER;
		}
		ext = nfr_ct_ext_get(&rig->ct, ct);
		ext->master = mp.pkt.ct_idx;
		ext->master_id = rows[i].same_id ? 77 : 78;
		ext->has |= NFR_CT_EXT_MASTER;
		rig_use(&use, &nfr_xt_match_helper);
		rig_set(&use, rows[i].opt, rows[i].name);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_conntrack),
		cmocka_unit_test(test_no_connection),
		cmocka_unit_test(test_unconfirmed_has_no_deadline),
		cmocka_unit_test(test_connmark),
		cmocka_unit_test(test_helper),
	};

	return cmocka_run_group_tests_name("xt/match_ct", tests, NULL, NULL);
}
