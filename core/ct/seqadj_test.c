/* SPDX-License-Identifier: BSD-2-Clause */
#include "ct/seqadj.h"
#include "nat/rig_test.h"

#define ORIG NFR_CT_DIR_ORIGINAL
#define REPLY NFR_CT_DIR_REPLY

/* A record outside the table is enough. */
static struct nfr_ct *new_ct(struct rig *rig)
{
	struct nfr_ct *ct = nfr_ct_at(&rig->ct, nfr_pool_get(&rig->ct.cts));

	assert_true(nfr_seqadj_add(&rig->ct, ct));
	return ct;
}

static void drop_ct(struct rig *rig, struct nfr_ct *ct)
{
	nfr_pool_put(&rig->ct.ext, ct->ext);
	nfr_pool_put(&rig->ct.cts, 1);
	rig_free(rig);
}

/* The original direction's text grew by 5 at 1000 and by 3 at 2000. */
static struct nfr_ct *grown(struct rig *rig)
{
	struct nfr_ct *ct = new_ct(rig);

	nfr_seqadj_set(&rig->ct, ct, ORIG, 1000, 5);
	nfr_seqadj_set(&rig->ct, ct, ORIG, 2000, 3);
	return ct;
}

static void offsets_before_and_after(void **state)
{
	static const struct {
		unsigned dir;
		uint32_t seq;
		int32_t want;
	} rows[] = {
		{ORIG, 500, 5}, {ORIG, 2000, 5}, {ORIG, 2001, 8}, {ORIG, 2000u + INT32_MAX, 8},
		{REPLY, 1, 0},  {REPLY, 5000, 0},
	};
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(nfr_seq_offset(&rig->ct, ct, rows[i].dir, rows[i].seq),
				 rows[i].want);
	assert_true(ct->status & NFR_IPS_SEQ_ADJUST);
	drop_ct(rig, ct);
}

/* A retransmitted line is rewritten again, but counts once. */
static void retransmissions_count_once(void **state)
{
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);

	(void)state;
	nfr_seqadj_set(&rig->ct, ct, ORIG, 2000, 3);
	nfr_seqadj_set(&rig->ct, ct, ORIG, 1500, 3);
	assert_int_equal(nfr_seq_offset(&rig->ct, ct, ORIG, 3000), 8);
	nfr_seqadj_set(&rig->ct, ct, ORIG, 3000, 0);
	assert_int_equal(nfr_seq_offset(&rig->ct, ct, ORIG, 2000), 5);
	drop_ct(rig, ct);
}

static void nothing_without_room(void **state)
{
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = nfr_ct_at(&rig->ct, nfr_pool_get(&rig->ct.cts));
	struct rig_pkt p, before;

	(void)state;
	nfr_pool_fail(&rig->ct.ext, 1, true);
	assert_false(nfr_seqadj_add(&rig->ct, ct));
	nfr_seqadj_set(&rig->ct, ct, ORIG, 1000, 5);
	assert_int_equal(ct->status, 0);
	assert_int_equal(nfr_seq_offset(&rig->ct, ct, ORIG, 2000), 0);
	rig_tcp(&p, rig_ip4(10, 0, 1, 2), 1, rig_ip4(10, 0, 2, 2), 2, 0x10, 5, 6, "");
	before = p;
	assert_true(nfr_seq_adjust(&rig->ct, ct, &p.pkt));
	assert_memory_equal(before.data, p.data, p.pkt.len);
	nfr_pool_put(&rig->ct.cts, 1);
	rig_free(rig);
}

/* A segment with options, its checksum right. */
static void segment(struct rig_pkt *p, uint8_t flags, uint32_t seq, uint32_t ack,
		    const uint8_t *opt, uint32_t opt_len)
{
	uint8_t text[41];

	memset(text, 'x', opt_len);
	text[opt_len] = 0;
	rig_tcp(p, rig_ip4(10, 0, 1, 2), 1, rig_ip4(10, 0, 2, 2), 2, flags, seq, ack,
		(const char *)text);
	memcpy(p->data + 40, opt, opt_len);
	p->data[32] = (uint8_t)((20 + opt_len) / 4 << 4);
	rig_finish(p, 16, true);
}

static void both_directions_are_rewritten(void **state)
{
	static const struct {
		uint8_t ctinfo, flags;
		uint32_t seq, ack, want_seq, want_ack;
	} rows[] = {
		{NFR_CT_ESTABLISHED, 0x10, 1500, 70, 1505, 70},
		{NFR_CT_ESTABLISHED, 0x10, 2500, 70, 2508, 70},
		{NFR_CT_ESTABLISHED, 0x02, 2500, 70, 2508, 70},
		/* 2005 and 2006 are what the other side calls 2000 and 2001 */
		{NFR_CT_ESTABLISHED_REPLY, 0x10, 70, 1505, 70, 1500},
		{NFR_CT_ESTABLISHED_REPLY, 0x10, 70, 2005, 70, 2000},
		{NFR_CT_ESTABLISHED_REPLY, 0x10, 70, 2006, 70, 1998},
		{NFR_CT_ESTABLISHED_REPLY, 0x10, 70, 2508, 70, 2500},
		{NFR_CT_ESTABLISHED_REPLY, 0x04, 70, 2508, 70, 2508}, /* no ACK */
	};
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_pkt p;

		segment(&p, rows[i].flags, rows[i].seq, rows[i].ack, (const uint8_t *)"", 0);
		p.pkt.ctinfo = rows[i].ctinfo;
		assert_true(nfr_seq_adjust(&rig->ct, ct, &p.pkt));
		assert_int_equal(nfr_get32(p.data + 24), rows[i].want_seq);
		assert_int_equal(nfr_get32(p.data + 28), rows[i].want_ack);
		assert_true(rig_sums_ok(&p));
	}
	drop_ct(rig, ct);
}

static void sack_blocks_are_rewritten(void **state)
{
	static const uint8_t opt[] = {1, 1, 5, 18, 0, 0, 0x09, 0xc4, 0, 0, 0x0b, 0xb8,
				      0, 0, 0x05, 0xdc, 0, 0, 0x07, 0x6c};
	static const uint32_t want[] = {2500 - 8, 3000 - 8, 1500 - 5, 1900 - 5};
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);
	struct rig_pkt p;

	(void)state;
	segment(&p, 0x10, 70, 1400, opt, sizeof(opt));
	p.pkt.ctinfo = NFR_CT_ESTABLISHED_REPLY;
	assert_true(nfr_seq_adjust(&rig->ct, ct, &p.pkt));
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(nfr_get32(p.data + 44 + 4 * i), want[i]);
	assert_true(rig_sums_ok(&p));
	drop_ct(rig, ct);
}

/* A SACK of an odd length is passed over; what overruns the header, or has no length, is not. */
static void broken_options(void **state)
{
	static const struct {
		uint8_t opt[8];
		bool ok;
	} rows[] = {
		{{5, 8, 0, 0, 9, 0xc4, 1, 1}, true},  {{2, 4, 5, 0xb4, 1, 1, 1, 5}, false},
		{{2, 4, 5, 0xb4, 1, 1, 1, 1}, true},  {{8, 9, 0, 0, 0, 0, 0, 0}, false},
		{{8, 1, 0, 0, 0, 0, 0, 0}, false},    {{0, 8, 1, 0, 0, 0, 0, 0}, true},
		{{5, 2, 5, 6, 0, 0, 0, 0}, true},     {{1, 1, 1, 1, 1, 1, 1, 0}, true},
		{{8, 0, 0, 0, 0, 0, 0, 0}, false},
	};
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rig_pkt p;

		segment(&p, 0x10, 70, 1400, rows[i].opt, sizeof(rows[i].opt));
		p.pkt.ctinfo = NFR_CT_ESTABLISHED_REPLY;
		assert_int_equal(nfr_seq_adjust(&rig->ct, ct, &p.pkt), rows[i].ok);
		assert_memory_equal(p.data + 40, rows[i].opt, sizeof(rows[i].opt));
	}
	drop_ct(rig, ct);
}

static void cut_off_headers(void **state)
{
	static const uint8_t opt[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	struct rig *rig = rig_new(1);
	struct nfr_ct *ct = grown(rig);
	struct rig_pkt p;

	(void)state;
	segment(&p, 0x10, 70, 1400, opt, sizeof(opt));
	p.pkt.len -= 1;
	assert_false(nfr_seq_adjust(&rig->ct, ct, &p.pkt));
	p.pkt.len = 20 + 19;
	assert_false(nfr_seq_adjust(&rig->ct, ct, &p.pkt));
	drop_ct(rig, ct);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_before_and_after),
		cmocka_unit_test(retransmissions_count_once),
		cmocka_unit_test(nothing_without_room),
		cmocka_unit_test(both_directions_are_rewritten),
		cmocka_unit_test(sack_blocks_are_rewritten),
		cmocka_unit_test(broken_options),
		cmocka_unit_test(cut_off_headers),
	};

	return cmocka_run_group_tests_name("ct/seqadj", tests, NULL, NULL);
}
