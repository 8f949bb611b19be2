/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Targets: marks, header fields, logging, queues, templates, rejects.
 */
#include "ct/expect.h"
#include "xt/rig.h"

#define U8(v) (&(const uint8_t){(v)})
#define MARK(v, m) (&(struct nfr_xt_mark){(v), (m)})

static void test_fields(void **s)
{
	const struct {
		const char *name;
		const struct nfr_xt_ext *ext;
		uint8_t family;
		const char *opt;
		const void *value;
		unsigned off; /* byte that is looked at */
		uint8_t want;
	} rows[] = {
		{"set", &nfr_xt_target_TTL, NFR_IPV4, "ttl-set", U8(9), 8, 9},
		{"set 0", &nfr_xt_target_TTL, NFR_IPV4, "ttl-set", U8(0), 8, 0},
		{"inc", &nfr_xt_target_TTL, NFR_IPV4, "ttl-inc", U8(5), 8, 69},
		{"inc over", &nfr_xt_target_TTL, NFR_IPV4, "ttl-inc", U8(255), 8, 255},
		{"dec", &nfr_xt_target_TTL, NFR_IPV4, "ttl-dec", U8(5), 8, 59},
		{"dec under", &nfr_xt_target_TTL, NFR_IPV4, "ttl-dec", U8(65), 8, 0},
		{"set", &nfr_xt_target_HL, NFR_IPV6, "hl-set", U8(9), 7, 9},
		{"inc", &nfr_xt_target_HL, NFR_IPV6, "hl-inc", U8(255), 7, 255},
		{"dec", &nfr_xt_target_HL, NFR_IPV6, "hl-dec", U8(70), 7, 0},
		{"set", &nfr_xt_target_TOS, NFR_IPV4, "set-tos", &(struct nfr_xt_tos){0x10, 0xff},
		 1, 0x10},
		{"masked", &nfr_xt_target_TOS, NFR_IPV4, "set-tos",
		 &(struct nfr_xt_tos){0x10, 0x0f}, 1, 0xb0},
		{"dscp keeps ecn", &nfr_xt_target_DSCP, NFR_IPV4, "set-dscp", U8(46), 1, 0xb9},
		{"set 6", &nfr_xt_target_TOS, NFR_IPV6, "set-tos", &(struct nfr_xt_tos){0x10, 0xff},
		 1, 0x05},
		{"dscp 6", &nfr_xt_target_DSCP, NFR_IPV6, "set-dscp", U8(46), 1, 0x95},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, rows[i].family, NFR_IPPROTO_UDP, 28);

		/* class 0xa9 and, in IPv6, a flow label that begins with 5 */
		nfr_xt_set_dsfield(pkt, 0xa9);
		if (rows[i].family == NFR_IPV6)
			p.data[1] = (uint8_t)((p.data[1] & 0xf0) | 5);
		assert_true(rig_csums_ok(&p));
		rig_use(&use, rows[i].ext);
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL); /* an option is needed */
		rig_set(&use, rows[i].opt, rows[i].value);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		print_message("%s: %s\n", rows[i].ext->name, rows[i].name);
		assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE);
		assert_int_equal(p.data[rows[i].off], rows[i].want);
		assert_true(rig_csums_ok(&p));
		rig_free(rig);
	}
}

static void test_mark(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	pkt->mark = 0x1234;
	rig_use(&use, &nfr_xt_target_MARK);
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	rig_set(&use, "set-xmark", MARK(0xff, 0x0f));
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE);
	assert_int_equal(pkt->mark, (0x1234 & ~0x0f) ^ 0xff);
	rig_free(rig);
}

static void test_connmark(void **s)
{
	static const struct {
		const char *name, *opt;
		struct nfr_xt_mark mark;
		const char *more, *more2; /* options, each with the number behind its name */
		uint32_t more_value, more2_value;
		uint32_t want_ct, want_pkt;
	} rows[] = {
		{"set", "set-xmark", {5, UINT32_MAX}, NULL, NULL, 0, 0, 5, 0xff0f},
		{"xor", "set-xmark", {5, 0}, NULL, NULL, 0, 0, 0xf0f0 ^ 5, 0xff0f},
		{"set and mask", "set-xmark", {5, 1}, "mask", NULL, 0xff, 0, 0xf005, 0xff0f},
		{"set and ctmask", "set-xmark", {5, 1}, "ctmask", NULL, 0xff, 0, 0xf005, 0xff0f},
		{"set shifted",
		 "set-xmark",
		 {5, UINT32_MAX},
		 "left-shift-mark",
		 NULL,
		 4,
		 0,
		 0x50,
		 0xff0f},
		{"save", "save-mark", {0, 0}, NULL, NULL, 0, 0, 0xff0f, 0xff0f},
		{"save masked", "save-mark", {0, 0}, "mask", NULL, 0xff, 0, 0xf00f, 0xff0f},
		{"save by two masks",
		 "save-mark",
		 {0, 0},
		 "nfmask",
		 "ctmask",
		 0xff,
		 0,
		 0xf0f0 ^ 0x0f,
		 0xff0f},
		{"save shifted", "save-mark", {0, 0}, "right-shift-mark", NULL, 8, 0, 0xff, 0xff0f},
		{"right wins",
		 "save-mark",
		 {0, 0},
		 "left-shift-mark",
		 "right-shift-mark",
		 8,
		 4,
		 0xff0,
		 0xff0f},
		{"restore", "restore-mark", {0, 0}, NULL, NULL, 0, 0, 0xf0f0, 0xf0f0},
		{"restore masked",
		 "restore-mark",
		 {0, 0},
		 "nfmask",
		 "ctmask",
		 0xff,
		 0xf0,
		 0xf0f0,
		 0xfff0},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);
		struct nfr_ct *ct;

		rig_use(&use, &nfr_xt_target_CONNMARK);
		assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
		rig_set(&use, rows[i].opt, &rows[i].mark);
		if (rows[i].more)
			rig_set(&use, rows[i].more, &rows[i].more_value);
		if (rows[i].more2)
			rig_set(&use, rows[i].more2, &rows[i].more2_value);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_false(rig_is_given(&use, "mask"));
		assert_int_equal(rig_is_given(&use, "nfmask"),
				 rows[i].opt[0] != 's' || rows[i].opt[1] != 'e');
		print_message("%s\n", rows[i].name);
		pkt->mark = 0xff0f;
		assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE); /* no connection */
		assert_int_equal(pkt->mark, 0xff0f);
		ct = rig_ct(rig, pkt, NFR_CT_NEW);
		ct->mark = 0xf0f0;
		assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE);
		assert_int_equal(ct->mark, rows[i].want_ct);
		assert_int_equal(pkt->mark, rows[i].want_pkt);
		rig_free(rig);
	}
}

static void test_log(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	rig_use(&use, &nfr_xt_target_LOG);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE);
	assert_string_equal(rig->log[0], "");
	assert_int_equal(rig->log_level, 4);
	assert_int_equal(rig->log_flags, 0);
	rig_set(&use, "log-prefix", "hello: ");
	rig_set(&use, "log-level", U8(7));
	rig_set(&use, "log-tcp-sequence", NULL);
	rig_set(&use, "log-macdecode", NULL);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	rig_target(rig, &use, pkt);
	assert_string_equal(rig->log[1], "hello: ");
	assert_int_equal(rig->log_level, 7);
	assert_int_equal(rig->log_flags, NFR_LOG_TCPSEQ | NFR_LOG_MACDECODE);
	rig_set(&use, "log-level", U8(4)); /* the default is not shown */
	rig_set(&use, "log-tcp-options", NULL);
	rig_set(&use, "log-ip-options", NULL);
	rig_set(&use, "log-uid", NULL);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_false(rig_is_given(&use, "log-level"));
	rig_target(rig, &use, pkt);
	assert_int_equal(rig->log_flags, 0x2f);
	rig_free(rig);
}

static void test_nfqueue(void **s)
{
	static const struct {
		uint16_t first, last;
		enum nfr_status want;
	} ranges[] = {
		{0, 3, NFR_OK},		{3, 3, NFR_EINVAL}, {3, 2, NFR_EINVAL},
		{0, 65535, NFR_EINVAL}, {1, 65535, NFR_OK},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p, back;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);
	unsigned hits[4] = {0};

	(void)s;
	rig_use(&use, &nfr_xt_target_NFQUEUE);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	assert_true(rig_is_given(&use, "queue-num"));
	assert_int_equal(rig_target(rig, &use, pkt), NFR_QUEUE);
	rig_set(&use, "queue-num", &(uint16_t){77});
	rig_set(&use, "queue-bypass", NULL);
	assert_int_equal(rig_target(rig, &use, pkt), nfr_queue_verdict(77, true));
	rig_use(&use, &nfr_xt_target_NFQUEUE);
	rig_set(&use, "queue-cpu-fanout", NULL);
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		rig_use(&use, &nfr_xt_target_NFQUEUE);
		rig_set(&use, "queue-balance", (uint16_t[]){ranges[i].first, ranges[i].last});
		assert_int_equal(rig_check(rig, &use, 0), ranges[i].want);
	}
	rig_set(&use, "queue-balance", (uint16_t[]){4, 7});
	for (unsigned i = 0; i < 200; i++) {
		unsigned verdict;

		p.data[15] = (uint8_t)i;
		p.data[19] = 200;
		verdict = rig_target(rig, &use, pkt);
		hits[(verdict >> 16) - 4]++;
		rig_pkt(&back, NFR_IPV4, NFR_IPPROTO_UDP, 28);
		back.data[15] = 200;
		back.data[19] = (uint8_t)i;
		assert_int_equal(rig_target(rig, &use, &back.pkt), verdict);
	}
	for (unsigned i = 0; i < 4; i++)
		assert_in_range(hits[i], 20, 90);
	rig_set(&use, "queue-cpu-fanout", NULL);
	assert_int_equal(rig_target(rig, &use, pkt), nfr_queue_verdict(4, false));
	rig_target(rig, &use, rig_pkt(&back, NFR_IPV6, NFR_IPPROTO_UDP, 28));
	rig_free(rig);
}

static void test_notrack_and_trace(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	rig_use(&use, &nfr_xt_target_TRACE);
	rig_target(rig, &use, pkt);
	assert_int_equal(pkt->flags, NFR_PKT_TRACE);
	rig_use(&use, &nfr_xt_target_NOTRACK);
	rig_target(rig, &use, pkt);
	assert_int_equal(pkt->ctinfo, NFR_CT_UNTRACKED);
	/* what CT has dealt with keeps its template, and the other way round */
	pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);
	pkt->ct_template.flags = NFR_CT_TEMPLATE_SET;
	rig_target(rig, &use, pkt);
	assert_int_equal(pkt->ctinfo, 0);
	pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);
	pkt->ctinfo = NFR_CT_UNTRACKED;
	rig_use(&use, &nfr_xt_target_CT);
	rig_set(&use, "zone", &(struct nfr_xt_zone){5, 0});
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	rig_target(rig, &use, pkt);
	assert_int_equal(pkt->ct_template.flags, 0);
	rig_use(&use, &nfr_xt_target_CT);
	rig_set(&use, "notrack", NULL);
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	rig_target(rig, &use, rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28));
	assert_int_equal(p.pkt.ctinfo, NFR_CT_UNTRACKED);
	rig_free(rig);
}

static void test_ct_zones(void **s)
{
	static const struct {
		const char *opt, *opt2;
		struct nfr_xt_zone zone;
		const char *shown; /* "" for none */
		uint8_t dir;
	} rows[] = {
		{"zone", NULL, {5, 0}, "zone", 3},
		{"zone", NULL, {0, 0}, "", 3},
		{"zone", NULL, {0, 1}, "zone", 3},
		{"zone-orig", NULL, {5, 0}, "zone-orig", 1},
		{"zone-reply", NULL, {5, 0}, "zone-reply", 2},
		{"zone-orig", "zone-reply", {6, 0}, "zone", 3},
		{"zone", "zone-orig", {6, 0}, "zone-orig", 1},
	};
	static const char *const all[] = {"zone", "zone-orig", "zone-reply"};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

		rig_use(&use, &nfr_xt_target_CT);
		rig_set(&use, rows[i].opt, &rows[i].zone);
		if (rows[i].opt2)
			rig_set(&use, rows[i].opt2, &rows[i].zone);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(rig_is_given(&use, all[k]),
					 strcmp(all[k], rows[i].shown) == 0);
		assert_int_equal(rig_target(rig, &use, pkt), NFR_XT_CONTINUE);
		assert_int_equal(pkt->ct_template.zone, rows[i].zone.id);
		assert_int_equal(pkt->ct_template.zone_dir, rows[i].dir);
		assert_int_equal(pkt->ct_template.flags,
				 NFR_CT_TEMPLATE_SET |
					 (rows[i].zone.is_mark ? NFR_CT_TEMPLATE_ZONE_MARK : 0));
		rig_free(rig);
	}
}

static void test_ct_helper_and_events(void **s)
{
	static const struct {
		const char *name;
		uint8_t proto;
		enum nfr_status want;
	} rows[] = {
		{"ftp", NFR_IPPROTO_TCP, NFR_OK},
		{"ftp", NFR_IPPROTO_UDP, NFR_ENOENT},
		{"ftp", 0, NFR_EINVAL},
		{"nosuch", NFR_IPPROTO_TCP, NFR_ENOENT},
		{"", 0, NFR_OK},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_use(&use, &nfr_xt_target_CT);
		rig_set(&use, "helper", rows[i].name);
		assert_int_equal(rig_check(rig, &use, rows[i].proto), rows[i].want);
	}
	rig_use(&use, &nfr_xt_target_CT);
	rig_set(&use, "timeout", "policy");
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_ENOENT);
	rig_set(&use, "notrack", NULL);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	rig_use(&use, &nfr_xt_target_CT);
	rig_set(&use, "helper", "ftp");
	rig_set(&use, "ctevents", &(uint32_t){NFR_IPCT_NEW | NFR_IPCT_DESTROY});
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	rig_target(rig, &use, pkt);
	assert_ptr_equal(pkt->ct_template.helper,
			 nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_TCP));
	assert_int_equal(pkt->ct_template.event_mask, NFR_IPCT_NEW | NFR_IPCT_DESTROY);
	assert_int_equal(pkt->ct_template.expect_event_mask, 0);
	assert_true(pkt->ct_template.flags & NFR_CT_TEMPLATE_EVENTS);
	rig_free(rig);
}

static void test_reject_icmp(void **s)
{
	static const struct {
		const char *name;
		uint8_t family, proto;
		uint16_t frag_off;
		int damage; /* offset of a byte to spoil, or -1 */
		bool answered;
	} rows[] = {
		{"udp", NFR_IPV4, NFR_IPPROTO_UDP, 0, -1, true},
		{"udp with a wrong checksum", NFR_IPV4, NFR_IPPROTO_UDP, 0, 40, false},
		{"tcp", NFR_IPV4, NFR_IPPROTO_TCP, 0, -1, true},
		{"tcp with a wrong checksum", NFR_IPV4, NFR_IPPROTO_TCP, 0, 40, false},
		{"later fragment", NFR_IPV4, NFR_IPPROTO_UDP, 8, -1, false},
		{"sctp is not looked at", NFR_IPV4, NFR_IPPROTO_SCTP, 0, 40, true},
		{"gre without a checksum", NFR_IPV4, NFR_IPPROTO_GRE, 0, 40, true},
		{"unknown protocol", NFR_IPV4, 99, 0, 40, false},
		{"udp", NFR_IPV6, NFR_IPPROTO_UDP, 0, -1, true},
		{"udp with a wrong checksum", NFR_IPV6, NFR_IPPROTO_UDP, 0, 60, false},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, rows[i].family, rows[i].proto, 28);
		bool ip6 = rows[i].family == NFR_IPV6;

		if (rows[i].proto == NFR_IPPROTO_GRE)
			p.data[20] = 0;
		if (rows[i].damage >= 0)
			p.data[rows[i].damage] ^= 0x55;
		pkt->frag_off = rows[i].frag_off;
		rig_use(&use, ip6 ? &nfr_xt_target_REJECT6 : &nfr_xt_target_REJECT);
		assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
		assert_true(rig_is_given(&use, "reject-with"));
		print_message("%s\n", rows[i].name);
		assert_int_equal(rig_target(rig, &use, pkt), NFR_DROP);
		assert_int_equal(pkt->reason, NFR_REASON_RULE_REJECT);
		assert_int_equal(rig->n_icmp, rows[i].answered);
		if (rows[i].answered) {
			assert_int_equal(rig->icmp_type, ip6 ? 1 : 3);
			assert_int_equal(rig->icmp_code, ip6 ? 4 : 3);
		}
		pkt->flags = NFR_PKT_CSUM_OK; /* known to be right: not looked at again */
		rig_target(rig, &use, pkt);
		assert_int_equal(rig->n_icmp, rows[i].answered + !rows[i].frag_off);
		rig_free(rig);
	}
}

/* UDP without a checksum is answered; GRE and others are judged by what they say they carry. */
static void test_reject_optional_checksums(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_UDP, 28);

	(void)s;
	rig_use(&use, &nfr_xt_target_REJECT);
	rig_set(&use, "reject-with", U8(13));
	assert_int_equal(rig_check(rig, &use, 0), NFR_OK);
	nfr_put16(p.data + 26, 0);
	rig_target(rig, &use, pkt);
	assert_int_equal(rig->n_icmp, 1);
	assert_int_equal(rig->icmp_code, 13);
	pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_GRE, 28);
	p.data[20] = 0x80; /* has a checksum, a wrong one */
	rig_target(rig, &use, pkt);
	assert_int_equal(rig->n_icmp, 1);
	nfr_put16(p.data + 24, 0);
	nfr_put16(p.data + 24, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, p.data + 20, 28)));
	rig_target(rig, &use, pkt);
	assert_int_equal(rig->n_icmp, 2);
	rig_free(rig);
}

static void test_reject_reset(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;
	struct rig_pkt p;
	struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 20);

	(void)s;
	rig_use(&use, &nfr_xt_target_REJECT);
	rig_set(&use, "reject-with", U8(255));
	assert_int_equal(rig_check(rig, &use, 0), NFR_EINVAL);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	assert_int_equal(rig_target(rig, &use, pkt), NFR_DROP);
	assert_int_equal(pkt->reason, NFR_REASON_RULE_REJECT);
	assert_int_equal(rig->n_sent, 1);
	assert_int_equal(rig->sent_proto, NFR_IPPROTO_TCP);
	p.data[33] |= 4; /* a reset is not answered */
	rig_csum(&p);
	rig_target(rig, &use, pkt);
	assert_int_equal(rig->n_sent, 1);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_connmark),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_nfqueue),
		cmocka_unit_test(test_notrack_and_trace),
		cmocka_unit_test(test_ct_zones),
		cmocka_unit_test(test_ct_helper_and_events),
		cmocka_unit_test(test_reject_icmp),
		cmocka_unit_test(test_reject_optional_checksums),
		cmocka_unit_test(test_reject_reset),
	};

	return cmocka_run_group_tests_name("xt/target", tests, NULL, NULL);
}
