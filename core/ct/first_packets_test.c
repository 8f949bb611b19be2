/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What conntrack makes of the first packet of a connection, against Linux's answers: every ICMP
 * and ICMPv6 type, every protocol number, every combination of TCP flags
 * (conformance/tables/first-packets.py, whose packets are built here in the same way).
 */
#include "ct/rig.h"

#define TABLES "conformance/tables/"

/* A line of a table, its columns as text; "-" where there is nothing. */
struct row {
	char what[16], seen[16], third[16], fourth[16];
};

/* Calls each() with every line of the table, which has one for each of 256 values. */
static void each_row(const char *table, void (*each)(unsigned n, const struct row *row))
{
	FILE *f = fopen(table, "r");
	char line[128];
	unsigned n = 0;

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	assert_int_equal(line[0], '#');
	while (fgets(line, sizeof(line), f)) {
		struct row row = {.fourth = "-"};

		assert_in_range(sscanf(line, "%15s %15s %15s %15s", row.what, row.seen, row.third,
				       row.fourth),
				3, 4);
		each(n++, &row);
	}
	fclose(f);
	assert_int_equal(n, 256);
}

/* The connection that one packet left behind, or NULL; and what the packet was seen as. */
static const struct nfr_ct_view *first_packet(struct rig_pkt *p, const char *seen, const char *what)
{
	static struct nfr_ct_view view;
	uint32_t cursor = 0;
	const char *state;
	struct rig rig;
	bool found;

	rig_open(&rig, 4);
	state = rig_put(&rig, p);
	if (strcmp(state, seen) != 0)
		fail_msg("%s is %s, Linux: %s", what, state, seen);
	found = nfr_ctnet_next(&rig.net, &cursor, &view);
	assert_int_equal(found, strcmp(seen, "NEW") == 0);
	rig_close(&rig);
	return found ? &view : NULL;
}

static void check_text(const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s has %s, Linux: %s", what, got, want);
}

/* ---- ICMP ---- */

static void check_answer_type(const struct nfr_ct_view *view, const struct row *row)
{
	char type[16] = "-";

	if (view)
		snprintf(type, sizeof(type), "%u", nfr_ntohs(view->tuple[1].dst_l4) >> 8);
	check_text(row->what, type, row->third);
}

static void icmp_message(uint8_t *at, uint8_t type)
{
	memset(at, 0, 24);
	at[0] = type;
	at[5] = type; /* the identifier */
	at[7] = 1;
}

static void check_icmp(unsigned type, const struct row *row)
{
	struct rig_pkt p;

	icmp_message(p.bytes + 20, (uint8_t)type);
	rig_ip4(&p, 0, NFR_IPPROTO_ICMP, 24);
	rig_l4_csum(p.bytes, NFR_IPV4, NFR_IPPROTO_ICMP, p.bytes + 20, 24, 2);
	check_answer_type(first_packet(&p, row->seen, row->what), row);
}

static void check_icmp6(unsigned type, const struct row *row)
{
	struct rig_pkt p;

	icmp_message(p.bytes + 40, (uint8_t)type);
	rig_ip6(&p, 0, NFR_IPPROTO_ICMPV6, 24);
	p.bytes[7] = 255; /* neighbour discovery is not for those farther away */
	rig_l4_csum(p.bytes, NFR_IPV6, NFR_IPPROTO_ICMPV6, p.bytes + 40, 24, 2);
	check_answer_type(first_packet(&p, row->seen, row->what), row);
}

static void test_icmp(void **state)
{
	(void)state;
	each_row(TABLES "icmp", check_icmp);
}

static void test_icmp6(void **state)
{
	(void)state;
	each_row(TABLES "icmp6", check_icmp6);
}

/* ---- protocols ---- */

/* Their names are the business of those who print them. */
static void check_protocol(unsigned protonum, const struct row *row)
{
	const struct nfr_ct_view *view;
	char seconds[16] = "-";
	struct rig_pkt p;

	memset(p.bytes + 20, 0, 40);
	rig_ip4(&p, 0, (uint8_t)protonum, 40);
	view = first_packet(&p, row->seen, row->what);
	if (view)
		snprintf(seconds, sizeof(seconds), "%u",
			 (unsigned)(view->timeout_ns / (int64_t)NFR_NSEC_PER_SEC));
	check_text(row->what, seconds, row->fourth);
}

static void test_protocols(void **state)
{
	(void)state;
	each_row(TABLES "protocols", check_protocol);
}

/* ---- TCP flags ---- */

static void check_flags(unsigned bits, const struct row *row)
{
	struct rig_tcp t = {.seq = 1, .ack = 1, .bits = (uint8_t)bits, .win = 8192};
	const struct nfr_ct_view *view;
	struct rig_pkt p;

	rig_tcp(&p, 0, 1000, t);
	view = first_packet(&p, row->seen, row->what);
	check_text(row->what, view ? nfr_tcp_state_name(view->tcp_state) : "-", row->third);
}

static void test_tcp_flags(void **state)
{
	(void)state;
	each_row(TABLES "tcp-first", check_flags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_icmp6),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_tcp_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
