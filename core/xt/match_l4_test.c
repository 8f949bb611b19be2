/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matches that look at transport headers: tcp, udp, icmp, icmp6, multiport.
 */
#include "xt/rig.h"

#define PORTS(a, b) ((const uint16_t[]){(a), (b)})

struct row {
	const char *name;
	const char *opt; /* NULL: none */
	const void *value;
	enum rig_outcome want;
};

/* The packet goes from port 1000 to port 80. */
static void run_rows(const struct nfr_xt_ext *ext, uint8_t family, uint8_t proto, uint32_t l4_len,
		     const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;

		rig->state.family = family;
		rig_use(&use, ext);
		if (rows[i].opt)
			rig_set(&use, rows[i].opt, rows[i].value);
		print_message("%s: %s\n", ext->name, rows[i].name);
		assert_int_equal(rig_check(rig, &use, proto), NFR_OK);
		assert_int_equal(rig_match(rig, &use, rig_pkt(&p, family, proto, l4_len)),
				 rows[i].want);
		rig_free(rig);
	}
}

#define RUN(ext, family, proto, l4_len, rows) \
	run_rows(ext, family, proto, l4_len, rows, sizeof(rows) / sizeof((rows)[0]))

static void test_ports(void **s)
{
	const struct row rows[] = {
		{"any", NULL, NULL, RIG_YES},
		{"dport", "dport", PORTS(80, 80), RIG_YES},
		{"dport range", "dport", PORTS(80, 90), RIG_YES},
		{"dport range end", "dport", PORTS(70, 80), RIG_YES},
		{"dport below", "dport", PORTS(81, 90), RIG_NO},
		{"dport above", "dport", PORTS(70, 79), RIG_NO},
		{"not dport", "!dport", PORTS(80, 80), RIG_NO},
		{"not another dport", "!dport", PORTS(81, 81), RIG_YES},
		{"sport", "sport", PORTS(1000, 1000), RIG_YES},
		{"sport by its long name", "source-port", PORTS(1000, 1000), RIG_YES},
		{"another sport", "sport", PORTS(80, 80), RIG_NO},
		{"not all sports", "!sport", PORTS(0, 65535), RIG_NO},
	};
	const struct row cut[] = {{"cut off", NULL, NULL, RIG_HOTDROP}};

	(void)s;
	RUN(&nfr_xt_match_tcp, NFR_IPV4, NFR_IPPROTO_TCP, 20, rows);
	RUN(&nfr_xt_match_tcp, NFR_IPV6, NFR_IPPROTO_TCP, 20, rows);
	RUN(&nfr_xt_match_udp, NFR_IPV4, NFR_IPPROTO_UDP, 8, rows);
	RUN(&nfr_xt_match_udp, NFR_IPV6, NFR_IPPROTO_UDP, 8, rows);
	RUN(&nfr_xt_match_tcp, NFR_IPV4, NFR_IPPROTO_TCP, 19, cut);
	RUN(&nfr_xt_match_udp, NFR_IPV4, NFR_IPPROTO_UDP, 7, cut);
}

static void test_tcp_flags(void **s)
{
	/* the packet is a SYN */
	const struct row rows[] = {
		{"SYN of SYN,ACK", "tcp-flags", (const uint8_t[]){0x12, 0x02}, RIG_YES},
		{"ACK of SYN,ACK", "tcp-flags", (const uint8_t[]){0x12, 0x10}, RIG_NO},
		{"not ACK of SYN,ACK", "!tcp-flags", (const uint8_t[]){0x12, 0x10}, RIG_YES},
		{"NONE of ALL", "tcp-flags", (const uint8_t[]){0x3f, 0}, RIG_NO},
		{"NONE of FIN", "tcp-flags", (const uint8_t[]){0x01, 0}, RIG_YES},
		{"SYN of NONE", "tcp-flags", (const uint8_t[]){0, 0x02}, RIG_NO},
		{"option that is not there", "tcp-option", (const uint8_t[]){3}, RIG_NO},
		{"not such an option", "!tcp-option", (const uint8_t[]){3}, RIG_YES},
	};

	(void)s;
	RUN(&nfr_xt_match_tcp, NFR_IPV4, NFR_IPPROTO_TCP, 20, rows);
}

static void test_tcp_options(void **s)
{
	static const struct {
		const char *name;
		uint8_t kind;
		uint8_t doff; /* words */
		uint8_t opts[12];
		enum rig_outcome want;
	} rows[] = {
		{"first", 2, 6, {2, 4, 5, 180}, RIG_YES},
		{"behind NOPs", 4, 8, {1, 1, 4, 2, 1, 1, 1, 1}, RIG_YES},
		{"behind others", 3, 8, {2, 4, 5, 180, 3, 3, 7}, RIG_YES},
		{"value is no kind", 5, 6, {2, 4, 5, 180}, RIG_NO},
		{"length 0 counts as 1", 5, 6, {9, 0, 5, 2}, RIG_YES},
		{"length beyond the end", 5, 6, {9, 40, 5, 2}, RIG_NO},
		{"last byte", 5, 6, {1, 1, 1, 5}, RIG_YES},
		{"kind without length at the end", 5, 6, {1, 1, 1, 9}, RIG_NO},
		{"header shorter than a header", 5, 4, {0}, RIG_HOTDROP},
		{"header longer than the packet", 5, 15, {0}, RIG_HOTDROP},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, NFR_IPV4, NFR_IPPROTO_TCP, 32);

		memcpy(p.data + 40, rows[i].opts, sizeof(rows[i].opts));
		p.data[32] = (uint8_t)(rows[i].doff << 4);
		rig_use(&use, &nfr_xt_match_tcp);
		rig_set(&use, "tcp-option", &rows[i].kind);
		assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
		print_message("%s\n", rows[i].name);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

static void test_fragments(void **s)
{
	static const struct {
		const struct nfr_xt_ext *ext;
		uint8_t family, proto;
		uint16_t frag_off;
		enum rig_outcome want;
	} rows[] = {
		{&nfr_xt_match_tcp, NFR_IPV4, NFR_IPPROTO_TCP, 8, RIG_HOTDROP},
		{&nfr_xt_match_tcp, NFR_IPV6, NFR_IPPROTO_TCP, 8, RIG_NO},
		{&nfr_xt_match_tcp, NFR_IPV4, NFR_IPPROTO_TCP, 16, RIG_NO},
		{&nfr_xt_match_udp, NFR_IPV4, NFR_IPPROTO_UDP, 8, RIG_NO},
		{&nfr_xt_match_icmp, NFR_IPV4, NFR_IPPROTO_ICMP, 8, RIG_NO},
		{&nfr_xt_match_icmp6, NFR_IPV6, NFR_IPPROTO_ICMPV6, 8, RIG_NO},
		{&nfr_xt_match_multiport, NFR_IPV4, NFR_IPPROTO_UDP, 8, RIG_NO},
	};

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig *rig = rig_new();
		struct nfr_xt_ext_use use;
		struct rig_pkt p;
		struct nfr_pkt *pkt = rig_pkt(&p, rows[i].family, rows[i].proto, 20);

		pkt->frag_off = rows[i].frag_off;
		rig_use(&use, rows[i].ext);
		assert_int_equal(rig_match(rig, &use, pkt), rows[i].want);
		rig_free(rig);
	}
}

static void test_icmp(void **s)
{
	/* type 3, code 232: where other protocols have port 1000 */
	const struct row rows[] = {
		{"type", "icmp-type", &(struct nfr_xt_icmp_type){3, 0, 255}, RIG_YES},
		{"type and code", "icmp-type", &(struct nfr_xt_icmp_type){3, 232, 232}, RIG_YES},
		{"other code", "icmp-type", &(struct nfr_xt_icmp_type){3, 1, 1}, RIG_NO},
		{"other type", "icmp-type", &(struct nfr_xt_icmp_type){8, 0, 255}, RIG_NO},
		{"not other type", "!icmp-type", &(struct nfr_xt_icmp_type){8, 0, 255}, RIG_YES},
		{"any", "icmp-type", &(struct nfr_xt_icmp_type){255, 0, 255}, RIG_YES},
		{"not any", "!icmp-type", &(struct nfr_xt_icmp_type){255, 0, 255}, RIG_NO},
	};
	const struct row rows6[] = {
		{"type", "icmpv6-type", &(struct nfr_xt_icmp_type){3, 0, 255}, RIG_YES},
		{"other code", "icmpv6-type", &(struct nfr_xt_icmp_type){3, 1, 1}, RIG_NO},
		{"255 is a type", "icmpv6-type", &(struct nfr_xt_icmp_type){255, 0, 255}, RIG_NO},
		{"not other", "!icmpv6-type", &(struct nfr_xt_icmp_type){9, 0, 255}, RIG_YES},
	};
	const struct row cut[] = {
		{"cut off", "icmp-type", &(struct nfr_xt_icmp_type){3, 0, 255}, RIG_HOTDROP}};
	const struct row cut6[] = {
		{"cut off", "icmpv6-type", &(struct nfr_xt_icmp_type){3, 0, 255}, RIG_HOTDROP}};

	(void)s;
	RUN(&nfr_xt_match_icmp, NFR_IPV4, NFR_IPPROTO_ICMP, 8, rows);
	RUN(&nfr_xt_match_icmp6, NFR_IPV6, NFR_IPPROTO_ICMPV6, 8, rows6);
	RUN(&nfr_xt_match_icmp, NFR_IPV4, NFR_IPPROTO_ICMP, 3, cut);
	RUN(&nfr_xt_match_icmp6, NFR_IPV6, NFR_IPPROTO_ICMPV6, 3, cut6);
}

static void test_multiport(void **s)
{
	static const struct nfr_xt_port_list one = {1, {0}, {80}};
	static const struct nfr_xt_port_list some = {5, {0, 1, 0, 0, 0}, {7, 70, 90, 3, 4}};
	static const struct nfr_xt_port_list src = {2, {1, 0}, {999, 1001}};
	const struct row rows[] = {
		{"dports", "dports", &one, RIG_YES},
		{"sports", "sports", &one, RIG_NO},
		{"ports", "ports", &one, RIG_YES},
		{"ports, the source's", "ports", &src, RIG_YES},
		{"range among others", "dports", &some, RIG_YES},
		{"range of sources", "sports", &src, RIG_YES},
		{"long name", "source-ports", &src, RIG_YES},
		{"dports, none", "dports", &src, RIG_NO},
		{"not dports", "!dports", &one, RIG_NO},
		{"not sports", "!sports", &one, RIG_YES},
	};
	const struct row cut[] = {{"cut off", "dports", &one, RIG_HOTDROP}};

	(void)s;
	RUN(&nfr_xt_match_multiport, NFR_IPV4, NFR_IPPROTO_UDP, 8, rows);
	RUN(&nfr_xt_match_multiport, NFR_IPV6, NFR_IPPROTO_SCTP, 12, rows);
	RUN(&nfr_xt_match_multiport, NFR_IPV4, NFR_IPPROTO_UDPLITE, 3, cut);
}

static void test_multiport_refused(void **s)
{
	static const struct {
		const char *name;
		struct nfr_xt_port_list list;
		uint8_t proto;
		enum nfr_status want;
	} rows[] = {
		{"sound", {3, {0, 1}, {1, 2, 3}}, NFR_IPPROTO_TCP, NFR_OK},
		{"full", {15, {0}, {1}}, NFR_IPPROTO_DCCP, NFR_OK},
		{"no protocol", {1, {0}, {1}}, 0, NFR_EINVAL},
		{"protocol without ports", {1, {0}, {1}}, NFR_IPPROTO_ICMP, NFR_EINVAL},
		{"empty", {0, {0}, {0}}, NFR_IPPROTO_TCP, NFR_EINVAL},
		{"too many", {16, {0}, {0}}, NFR_IPPROTO_TCP, NFR_EINVAL},
		{"range without an end", {1, {1}, {1}}, NFR_IPPROTO_TCP, NFR_EINVAL},
		{"range upside down", {2, {1}, {2, 1}}, NFR_IPPROTO_TCP, NFR_EINVAL},
		{"range of one", {2, {1}, {2, 2}}, NFR_IPPROTO_TCP, NFR_EINVAL},
	};
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].name);
		rig_use(&use, &nfr_xt_match_multiport);
		rig_set(&use, "ports", &rows[i].list);
		assert_int_equal(rig_check(rig, &use, rows[i].proto), rows[i].want);
	}
	rig_use(&use, &nfr_xt_match_multiport);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	rig_set(&use, "ports", &rows[0].list);
	rig_set(&use, "sports", &rows[0].list);
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	rig_free(rig);
}

/* What iptables-save prints of ports and flags. */
static void test_what_is_shown(void **s)
{
	struct rig *rig = rig_new();
	struct nfr_xt_ext_use use;

	(void)s;
	rig_use(&use, &nfr_xt_match_tcp);
	rig_set(&use, "!sport", PORTS(0, 65535));
	rig_set(&use, "dport", PORTS(0, 80));
	rig_set(&use, "tcp-flags", (const uint8_t[]){0, 2});
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_OK);
	assert_false(rig_is_given(&use, "sport"));
	assert_true(rig_is_given(&use, "dport"));
	assert_false(rig_is_given(&use, "tcp-flags"));
	rig_use(&use, &nfr_xt_match_tcp);
	rig_set(&use, "dport", PORTS(81, 80));
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	rig_use(&use, &nfr_xt_match_tcp);
	rig_set(&use, "tcp-option", (const uint8_t[]){0});
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_TCP), NFR_EINVAL);
	rig_use(&use, &nfr_xt_match_icmp); /* its option is required */
	assert_int_equal(rig_check(rig, &use, NFR_IPPROTO_ICMP), NFR_EINVAL);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_tcp_flags),
		cmocka_unit_test(test_tcp_options),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_multiport),
		cmocka_unit_test(test_multiport_refused),
		cmocka_unit_test(test_what_is_shown),
	};

	return cmocka_run_group_tests_name("xt/match_l4", tests, NULL, NULL);
}
