/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 options on a packet that Linux 6.18 forwards: what it makes of them or which byte it
 * complains about. The router is 10.0.1.1 on arrival and 10.0.2.1 on departure. */
#include "pkt/pkt_test.h"

#include "pkt/options.h"

static const union nfr_addr arrival = {.b = {10, 0, 1, 1}}, departure = {.b = {10, 0, 2, 1}};

static const struct row {
	const char *name, *in;
	const char *out; /* options when it leaves; NULL: a parameter problem */
	uint8_t pointer;
	bool local; /* prespecified addresses are ours */
} rows[] = {
	{"NOPs", "01010101", "01010101", 0, false},
	{"end", "00000000", "00000000", 0, false},
	{"bytes behind the end", "00070707", "00000000", 0, false},
	{"route", "0707040000000000", "0707080a00020100", 0, false},
	{"route, full", "0707080102030400", "0707080102030400", 0, false},
	{"route, pointer 3", "0707030000000000", NULL, 0x16, false},
	{"route, length 2", "07020101", NULL, 0x15, false},
	{"route, part of an entry", "0706040000000000", NULL, 0x16, false},
	{"route twice", "07070400000000070704000000000000", NULL, 0x1b, false},
	{"length beyond the header", "070b0400", NULL, 0x14, false},
	{"length 1", "82010000", NULL, 0x14, false},
	{"length 0", "82000000", NULL, 0x14, false},
	{"type in the last byte", "01010107", NULL, 0x17, false},
	{"unknown", "99040102", "99040102", 0, false},
	{"unknown, not copied", "19040102", "19040102", 0, false},
	{"router alert", "94040000", "94040000", 0, false},
	{"router alert of 3", "94030000", NULL, 0x15, false},
	{"router alert 1", "94040001", "94040001", 0, false},
	{"time", "440c05000000000000000000", "440c09000000000000000000", 0, false},
	{"time and address", "440c05010000000000000000", "440c0d010a00010100000000", 0, false},
	{"time, ours", "440c05030a00010100000000", "440c0d030a00010100000000", 0, true},
	{"time, another's", "440c05030a09010100000000", "440c05030a09010100000000", 0, false},
	{"time, full", "4408090001010101", "4408091001010101", 0, false},
	{"time, 15 missed", "440809f001010101", NULL, 0x17, false},
	{"time, pointer 4", "4408040000000000", NULL, 0x16, false},
	{"time, length 3", "44030500", NULL, 0x15, false},
	{"time, unknown flag", "440c05020000000000000000", "440c05020000000000000000", 0, false},
	{"time, part of an entry", "4407050000000000", NULL, 0x16, false},
	{"time, part of an address", "4408050100000000", NULL, 0x16, false},
	{"time twice", "44080500000000004408050000000000", NULL, 0x1c, false},
	{"source route", "8307040a00020300", "8307040a00020300", 0, false},
	{"source route, pointer 3", "8307030a00020300", NULL, 0x16, false},
	{"source route, length 2", "83020000", NULL, 0x15, false},
	{"source route twice", "8307040a0002038307040a0002030101", NULL, 0x1b, false},
	{"security", "820b00000000000000000000", "820b00000000000000000000", 0, false},
	{"stream", "88040001", "88040001", 0, false},
	{"CIPSO of 6", "8606000000010000", NULL, 0x15, false},
	{"CIPSO of 8", "8608000000010000", NULL, 0x16, false},
};

static void run(struct world *w, const struct row *row)
{
	uint8_t bytes[100] = {0}, want[40], pointer = 0;
	uint32_t n = unhex(row->in, bytes + 20);
	struct nfr_pkt pkt = make4(bytes, 17, n + 8);
	struct nfr_ip_options opts;

	bytes[0] = (uint8_t)(0x45 + n / 4);
	nfr_ip_send_check(&pkt);
	w->addr_type = row->local ? NFR_RTN_LOCAL : NFR_RTN_UNICAST;
	if (nfr_ip_options_compile(&w->env, &pkt, &arrival, &opts, &pointer) != (row->out != NULL))
		fail_msg("%s", row->name);
	if (!row->out) {
		if (pointer != row->pointer)
			fail_msg("%s: byte %u", row->name, pointer);
		return;
	}
	nfr_ip_options_forward(&pkt, &opts, &departure);
	assert_int_equal(nfr_csum_words(bytes, nfr_ip4_hlen(bytes)), 0xffff);
	assert_int_equal(unhex(row->out, want), n);
	if (memcmp(bytes + 20, want, n) != 0)
		fail_msg("%s: options differ", row->name);
}

static void test_rows(void **state)
{
	static struct world w;

	(void)state;
	world_init(&w, 0); /* midnight: time stamps are zero */
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		run(&w, &rows[i]);
	world_free(&w);
}

static void test_found(void **state)
{
	static struct world w;
	uint8_t bytes[100] = {0}, pointer;
	struct nfr_ip_options opts;
	struct nfr_pkt pkt;

	(void)state;
	world_init(&w, 0);
	unhex("01 94040000 8907040a000203 07070400000000 01", bytes + 20);
	pkt = make4(bytes, 17, 28);
	bytes[0] = 0x4a;
	assert_true(nfr_ip_options_compile(&w.env, &pkt, &arrival, &opts, &pointer));
	assert_int_equal(opts.router_alert, 21);
	assert_int_equal(pkt.srr, 25);
	assert_true(nfr_ip_is_strictroute(&pkt));
	assert_int_equal(opts.rr, 32);
	w.env.now_ns += 3723004000000; /* 01:02:03.004 */
	unhex("44080500 00000000 00000000 00000000 00000000", bytes + 20);
	assert_true(nfr_ip_options_compile(&w.env, &pkt, &arrival, &opts, &pointer));
	assert_int_equal(nfr_get32(bytes + 24), 3723004);
	world_free(&w);
}

/* Between the two the header's checksum is stale, if an entry was written. */
static void test_stale(void **state)
{
	static const char *const options[] = {"01010101", "0707080102030400", "0707040000000000"};
	static struct world w;

	(void)state;
	world_init(&w, 0);
	for (unsigned i = 0; i < 3; i++) {
		uint8_t bytes[100] = {0}, pointer;
		uint32_t n = unhex(options[i], bytes + 20);
		struct nfr_pkt pkt = make4(bytes, 17, n + 8);
		struct nfr_ip_options opts;

		assert_false(nfr_ip_options_stale(&pkt));
		bytes[0] = (uint8_t)(0x45 + n / 4);
		nfr_ip_send_check(&pkt);
		assert_true(nfr_ip_options_compile(&w.env, &pkt, &arrival, &opts, &pointer));
		assert_int_equal(nfr_ip_options_stale(&pkt), i == 2);
		nfr_ip_options_forward(&pkt, &opts, &departure);
		assert_false(nfr_ip_options_stale(&pkt));
	}
	world_free(&w);
}

static void test_fragment(void **state)
{
	static const struct {
		const char *in, *out;
	} pairs[] = {
		{"940400000707040000000000", "940400000101010101010100"},
		{"0707040000000000", "0101010101010100"},
		{"01820300", "01820300"},
		{"44080500", "44080500"}, /* does not end: left alone */
		{"00070707", "00070707"},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		uint8_t in[40], out[40];
		uint32_t n = unhex(pairs[i].in, in);

		unhex(pairs[i].out, out);
		nfr_ip_options_fragment(in, n);
		assert_memory_equal(in, out, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_fragment),
	};

	return cmocka_run_group_tests_name("pkt/options", tests, NULL, NULL);
}
