/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP, ICMPv6, GRE, UDP-Lite and what has no tracker: what Linux 6.18 makes of each type, and of
 * errors with what they quote.
 */
#include "ct/rig.h"

static void icmp6(struct rig_pkt *p, unsigned dir, uint8_t type, uint8_t code, uint32_t len)
{
	uint8_t *icmp = p->bytes + 40;

	icmp[0] = type;
	icmp[1] = code;
	rig_ip6(p, dir, NFR_IPPROTO_ICMPV6, len);
	rig_l4_csum(p->bytes, NFR_IPV6, NFR_IPPROTO_ICMPV6, icmp, len, 2);
}

static void test_icmp_types(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	for (unsigned type = 0; type < 256; type++) {
		bool query = type == 8 || type == 13 || type == 15 || type == 17;

		rig_icmp(&p, 0, (uint8_t)type, 0, (uint16_t)type);
		assert_string_equal(rig_put(&rig, &p), query ? "NEW" : "INVALID");
	}
	rig_icmp(&p, 1, 14, 0, 13);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	rig_icmp(&p, 1, 0, 1, 8); /* the code must be the query's */
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	rig_close(&rig);
}

static void test_icmpv6_types(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	for (unsigned type = 0; type < 256; type++) {
		bool untracked = (type >= 130 && type <= 136) || type == 143 || type == 151 ||
				 type == 152;
		const char *want = untracked ? "UNTRACKED" : "INVALID";

		if (type == 128 || type == 139)
			want = "NEW";
		memset(p.bytes + 40, 0, 8);
		icmp6(&p, 0, (uint8_t)type, 0, 8);
		assert_string_equal(rig_put(&rig, &p), want);
	}
	memset(p.bytes + 40, 0, 8);
	icmp6(&p, 1, 129, 0, 8);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	icmp6(&p, 1, 140, 0, 8);
	assert_string_equal(rig_put(&rig, &p), "ESTABLISHED");
	rig_close(&rig);
}

static void test_wrong_family(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	memset(&p, 0, sizeof(p));
	p.bytes[20] = 128;
	rig_ip4(&p, 0, NFR_IPPROTO_ICMPV6, 8);
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	p.bytes[40] = 8;
	rig_ip6(&p, 0, NFR_IPPROTO_ICMP, 8);
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	rig_close(&rig);
}

static void test_words(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig.env.sysctl.ct_log_invalid = 255;
	rig_icmp(&p, 0, 8, 0, 1);
	rig_ip4(&p, 0, NFR_IPPROTO_ICMP, 7);
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_1: short packet ;");
	rig_icmp(&p, 0, 8, 0, 1);
	p.bytes[25] ^= 1;
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_1: bad hw icmp checksum ;");
	rig.env.sysctl.ct_checksum = 0;
	rig_icmp(&p, 0, 8, 0, 1);
	p.bytes[25] ^= 1;
	assert_string_equal(rig_put(&rig, &p), "NEW");
	rig.env.sysctl.ct_checksum = 1;
	rig_icmp(&p, 0, 19, 0, 1);
	rig_put(&rig, &p);
	assert_string_equal(strchr(rig_said(&rig), ';') + 1, "nf_ct_proto_1: invalid icmp type ;");
	memset(p.bytes + 40, 0, 8);
	icmp6(&p, 0, 128, 0, 8);
	p.bytes[45] ^= 1;
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_58: ICMPv6 checksum failed ;");
	rig_ip6(&p, 0, NFR_IPPROTO_ICMPV6, 7);
	rig_put(&rig, &p);
	assert_string_equal(rig_said(&rig), "nf_ct_proto_58: short packet ;");
	rig_close(&rig);
}

/* A UDP datagram 5 -> 53 of the original direction, quoted by an error of the other. */
static void quote(struct rig_pkt *p, unsigned dir, uint32_t quoted_len)
{
	struct rig_pkt inner;

	rig_udp(&inner, !dir, 5, 53);
	memset(p->bytes + 20, 0, 8);
	p->bytes[20] = 3;
	p->bytes[21] = 3;
	memcpy(p->bytes + 28, inner.bytes, quoted_len);
}

static void finish_error(struct rig_pkt *p, unsigned dir, uint32_t quoted_len)
{
	rig_ip4(p, dir, NFR_IPPROTO_ICMP, 8 + quoted_len);
	rig_l4_csum(p->bytes, NFR_IPV4, NFR_IPPROTO_ICMP, p->bytes + 20, 8 + quoted_len, 2);
}

static void test_errors(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	quote(&p, 1, 28);
	finish_error(&p, 1, 28);
	assert_string_equal(rig_put(&rig, &p), "INVALID"); /* no such connection */
	rig_udp(&p, 0, 5, 53);
	rig_put(&rig, &p);
	quote(&p, 1, 28);
	finish_error(&p, 1, 28);
	assert_string_equal(rig_put(&rig, &p), "RELATED");
	assert_int_equal(p.pkt.ctinfo, NFR_CT_RELATED_REPLY);
	quote(&p, 0, 28);
	finish_error(&p, 0, 28);
	assert_string_equal(rig_put(&rig, &p), "RELATED");
	assert_int_equal(p.pkt.ctinfo, NFR_CT_RELATED);
	for (uint32_t len = 0; len < 24; len++) { /* cut off before the ports' end */
		quote(&p, 1, len);
		finish_error(&p, 1, len);
		assert_string_equal(rig_put(&rig, &p), "INVALID");
	}
	quote(&p, 1, 28);
	p.bytes[28 + 7] = 1; /* a later fragment */
	finish_error(&p, 1, 28);
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	rig.env.sysctl.ct_log_invalid = 1;
	quote(&p, 1, 28);
	finish_error(&p, 1, 28);
	p.bytes[19]++; /* to somebody else */
	p.bytes[10] = p.bytes[11] = 0;
	nfr_put16(p.bytes + 10, (uint16_t)~nfr_csum_fold(nfr_csum_add(0, p.bytes, 20)));
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	assert_non_null(strstr(rig_said(&rig), "nf_ct_proto_1: outer daddr 10.0.1.3 != inner 10.0.1.2 ;"));
	rig_close(&rig);
}

static void icmp6_error(struct rig_pkt *p, uint32_t head)
{
	struct rig_pkt inner;

	rig_udp6(&inner, 0, 5, 53);
	memset(p->bytes + 40, 0, head);
	memcpy(p->bytes + 40 + head, inner.bytes, 48);
}

static void test_icmpv6_errors(void **state)
{
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp6(&p, 0, 5, 53);
	rig_put(&rig, &p);
	icmp6_error(&p, 8);
	icmp6(&p, 1, 1, 4, 8 + 48);
	assert_string_equal(rig_put(&rig, &p), "RELATED");
	icmp6_error(&p, 8);
	icmp6(&p, 1, 1, 4, 8 + 30);
	assert_string_equal(rig_put(&rig, &p), "INVALID");
	rig_close(&rig);
}

/* As Linux 6.18 answered: a redirect is RELATED to what it quotes if it is sound. */
static void test_redirects(void **state)
{
	static const struct {
		uint8_t code, hop_limit, opt_type, opt_len;
		bool link_local;
		uint32_t len;
		const char *want, *words;
	} rows[] = {
		{0, 255, 4, 7, true, 96, "RELATED", ""},
		{1, 255, 4, 7, true, 96, "INVALID", ""},
		{0, 64, 4, 7, true, 96, "INVALID", "invalid saddr or hoplimit for redirect"},
		{0, 255, 4, 7, false, 96, "INVALID", "invalid saddr or hoplimit for redirect"},
		{0, 255, 4, 7, true, 40, "INVALID", "redirect without options"},
		{0, 255, 4, 0, true, 96, "INVALID", "redirect without options"},
		{0, 255, 2, 7, true, 96, "INVALID", ""},
		{0, 255, 4, 7, true, 39, "INVALID", "short redirect"},
	};
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	rig_open(&rig, 16);
	rig_udp6(&p, 0, 5, 53);
	rig_put(&rig, &p);
	rig.env.sysctl.ct_log_invalid = 58;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		rig_said(&rig);
		icmp6_error(&p, 48);
		p.bytes[80] = rows[i].opt_type;
		p.bytes[81] = rows[i].opt_len;
		icmp6(&p, 1, 137, rows[i].code, rows[i].len);
		p.bytes[7] = rows[i].hop_limit;
		if (rows[i].link_local) {
			p.bytes[8] = 0xfe;
			p.bytes[9] = 0x80;
		}
		rig_l4_csum(p.bytes, NFR_IPV6, NFR_IPPROTO_ICMPV6, p.bytes + 40, rows[i].len, 2);
		assert_string_equal(rig_put(&rig, &p), rows[i].want);
		assert_non_null(strstr(rig.log, rows[i].words));
		assert_int_equal(rig.log[0] != 0, rows[i].words[0] != 0);
	}
	rig_close(&rig);
}

static const char *put_raw(struct rig *rig, unsigned dir, uint8_t proto, const uint8_t *bytes,
			   uint32_t len)
{
	struct rig_pkt p;

	if (len)
		memcpy(p.bytes + 20, bytes, len);
	rig_ip4(&p, dir, proto, len);
	return rig_put(rig, &p);
}

static void test_gre(void **state)
{
	static const uint8_t v0[8] = {0, 0, 8, 0}, v0_key[8] = {0x20, 0, 8, 0, 1, 2, 3, 4};
	static const uint8_t pptp[12] = {0x30, 1, 0x88, 0x0b, 0, 4, 0xab, 0xcd};
	static const uint8_t not_ppp[12] = {0x30, 1, 8, 0, 0, 4, 0xab, 0xcd};
	const struct nfr_ct_view *view;
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	assert_string_equal(put_raw(&rig, 0, 47, v0, 8), "NEW");
	assert_string_equal(put_raw(&rig, 1, 47, v0, 8), "ESTABLISHED");
	view = rig_view(&rig, 0);
	assert_int_equal(view->timeout_ns, 30 * (int64_t)NFR_NSEC_PER_SEC);
	rig_said(&rig);
	assert_string_equal(put_raw(&rig, 0, 47, v0_key, 8), "ESTABLISHED");
	assert_string_equal(rig_said(&rig), "UPDATE assured;");
	assert_int_equal(rig_view(&rig, 0)->timeout_ns, 180 * (int64_t)NFR_NSEC_PER_SEC);
	assert_string_equal(put_raw(&rig, 0, 47, pptp, 12), "NEW");
	assert_string_equal(put_raw(&rig, 1, 47, pptp, 12), "NEW");
	assert_string_equal(put_raw(&rig, 0, 47, pptp, 6), "ESTABLISHED"); /* no key: the first one */
	assert_string_equal(put_raw(&rig, 0, 47, pptp, 2), "ESTABLISHED");
	assert_string_equal(put_raw(&rig, 0, 47, not_ppp, 12), "INVALID");
	rig_close(&rig);
}

static void test_generic(void **state)
{
	static const uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	assert_string_equal(put_raw(&rig, 0, 200, NULL, 0), "NEW");
	assert_string_equal(put_raw(&rig, 1, 200, bytes, 8), "ESTABLISHED");
	assert_int_equal(rig_view(&rig, 0)->timeout_ns, 600 * (int64_t)NFR_NSEC_PER_SEC);
	assert_string_equal(put_raw(&rig, 0, 1, NULL, 0), "INVALID");
	assert_string_equal(put_raw(&rig, 0, 17, bytes, 3), "INVALID");
	assert_string_equal(put_raw(&rig, 0, 17, bytes, 7), "INVALID");
	rig_close(&rig);
}

/* Coverage, and the checksum with UDP's number in the pseudo header. */
static void test_udplite(void **state)
{
	static const struct {
		uint16_t coverage;
		uint8_t pseudo;
		uint32_t summed;
		const char *want;
	} rows[] = {
		{12, 17, 12, "NEW"},	 {0, 17, 12, "NEW"},	 {8, 17, 8, "NEW"},
		{12, 136, 12, "INVALID"}, {7, 17, 12, "INVALID"}, {13, 17, 12, "INVALID"},
		{8, 17, 12, "INVALID"},	 {12, 17, 0, "INVALID"},
	};
	uint8_t b[12];
	struct rig rig;
	struct rig_pkt p;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t sum;

		rig_open(&rig, 16);
		memset(b, 7, sizeof(b));
		nfr_put16(b + 4, rows[i].coverage);
		nfr_put16(b + 6, 0);
		rig_ip4(&p, 0, NFR_IPPROTO_UDPLITE, 12);
		sum = nfr_csum_pseudo(NFR_IPV4, p.bytes, rows[i].pseudo, 12);
		if (rows[i].summed)
			nfr_put16(b + 6, (uint16_t)~nfr_csum_fold(
						 nfr_csum_add(sum, b, rows[i].summed)));
		assert_string_equal(put_raw(&rig, 0, NFR_IPPROTO_UDPLITE, b, 12), rows[i].want);
		rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_icmp_types),    cmocka_unit_test(test_icmpv6_types),
		cmocka_unit_test(test_wrong_family),  cmocka_unit_test(test_words),
		cmocka_unit_test(test_errors),	      cmocka_unit_test(test_icmpv6_errors),
		cmocka_unit_test(test_redirects),     cmocka_unit_test(test_gre),
		cmocka_unit_test(test_generic),	      cmocka_unit_test(test_udplite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
