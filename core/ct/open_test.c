/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First packets have a short way through conntrack's first hook, and most a short one into the table.
 * A packet that has not gone through the stages of a burst takes neither, or must at least come out as
 * if: so the same packets go through two instances, once with and once without the stages.
 */
#include "ct/rig.h"
#include "ct/stage.h"

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20, ECE = 0x40, CWR = 0x80 };

static const uint8_t options[] = {2, 4, 5, 180, 4, 2, 1, 3, 3, 7, 0, 0};
static const uint8_t broken_options[] = {3, 3, 15, 4, 9, 1, 1, 1};

struct row {
	const char *name;
	bool is_short; /* the tracker lets it go the short way, as long as nothing is set otherwise */
	uint8_t proto;
	struct rig_tcp tcp;
	/* then, at this offset of the transport header, or 0 */
	uint8_t at, value;
};

#define TCP NFR_IPPROTO_TCP
#define UDP NFR_IPPROTO_UDP

static const struct row rows[] = {
	{"SYN", true, TCP, {.seq = 7, .bits = SYN, .win = 1000}, 0, 0},
	{"SYN, no window", true, TCP, {.seq = 7, .bits = SYN}, 0, 0},
	{"SYN at the end of numbers", true, TCP, {.seq = UINT32_MAX, .bits = SYN, .win = 9}, 0, 0},
	{"SYN with an acknowledgement number", true, TCP, {.ack = 5, .bits = SYN, .win = 9}, 0, 0},
	{"SYN with options", true, TCP, {1, 0, SYN, 1000, 0, options, sizeof(options)}, 0, 0},
	{"SYN with broken options", true, TCP,
	 {1, 0, SYN, 1000, 0, broken_options, sizeof(broken_options)}, 0, 0},
	{"SYN with data", true, TCP, {.seq = 7, .bits = SYN | PSH, .win = 3, .len = 40}, 0, 0},
	{"SYN that asks for ECN", true, TCP, {.bits = SYN | ECE | CWR, .win = 65535}, 0, 0},
	{"urgent SYN", false, TCP, {.bits = SYN | URG, .win = 1000}, 0, 0},
	{"SYN/FIN", false, TCP, {.bits = SYN | FIN, .win = 1000}, 0, 0},
	{"SYN/ACK", false, TCP, {.bits = SYN | ACK, .win = 1000}, 0, 0},
	{"ACK", false, TCP, {.seq = 7, .ack = 9, .bits = ACK, .win = 1000}, 0, 0},
	{"FIN/ACK", false, TCP, {.bits = FIN | ACK, .win = 1000}, 0, 0},
	{"RST", false, TCP, {.bits = RST}, 0, 0},
	{"no flags", false, TCP, {.win = 1000}, 0, 0},
	{"SYN, wrong checksum", false, TCP, {.seq = 7, .bits = SYN, .win = 1000}, 17, 0x55},
	{"SYN, header too long", false, TCP, {.seq = 7, .bits = SYN, .win = 1000}, 12, 0x60},
	{"SYN, header too short", false, TCP, {.seq = 7, .bits = SYN, .win = 1000}, 12, 0x40},
	{"UDP", true, UDP, {0}, 0, 0},
	{"UDP, shorter than the packet", false, UDP, {0}, 5, 10},
	{"UDP, longer than the packet", false, UDP, {0}, 5, 13},
	{"UDP, shorter than its header", false, UDP, {0}, 5, 7},
	{"UDP, wrong checksum", false, UDP, {0}, 7, 0x55},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

#define SETTING(field) offsetof(struct nfr_sysctl, field)

static const struct {
	const char *name;
	size_t at;
	int32_t value;
} settings[] = {
	{"nothing", SETTING(ct_events), 1},
	{"no events", SETTING(ct_events), 0},
	{"checksums not asked for", SETTING(ct_checksum), 0},
	{"no pick-up", SETTING(tcp_loose), 0},
	{"liberal", SETTING(tcp_be_liberal), 1},
	{"no retransmission", SETTING(tcp_max_retrans), 0},
	{"retransmissions last shorter", SETTING(tcp_timeout_max_retrans), 5},
	{"SYN_SENT is over at once", SETTING(tcp_timeout_syn_sent), 0},
	{"SYN_SENT is long", SETTING(tcp_timeout_syn_sent), 100000},
	{"UDP is over at once", SETTING(udp_timeout), 0},
	{"accounting", SETTING(ct_acct), 1},
	{"time stamps", SETTING(ct_timestamp), 1},
	{"a full table", SETTING(ct_max), 1},
};

#define N_SETTINGS (sizeof(settings) / sizeof(settings[0]))

static void make(struct rig_pkt *p, const struct row *row, unsigned dir, uint16_t sport)
{
	if (row->proto == TCP)
		rig_tcp(p, dir, sport, row->tcp);
	else
		rig_udp(p, dir, sport, 80);
	if (row->at)
		p->bytes[20 + row->at] = row->value;
}

static void stage(struct rig *rig, struct rig_pkt *p)
{
	p->pkt.ctinfo = NFR_CT_NEW;
	assert_int_equal(nfr_ip_validate(&p->pkt), NFR_REASON_NONE);
	nfr_ct_stage_hash(&rig->net, &p->pkt);
	nfr_ct_stage_entry(&rig->net, &p->pkt);
}

static uint64_t put(struct rig *rig, struct rig_pkt *p, bool staged)
{
	p->pkt.ctinfo = NFR_CT_NEW;
	if (staged)
		stage(rig, p);
	rig_put(rig, p);
	return nfr_ctnet_digest(&rig->net);
}

struct twins {
	struct rig rig[2]; /* without the stages, and with them */
	const char *packet, *setting;
};

/* The packet comes by in both. */
static void put_both(struct twins *t, const struct row *row, unsigned dir, uint16_t sport)
{
	struct rig_pkt p[2];
	uint64_t digest[2];

	for (unsigned i = 0; i < 2; i++) {
		make(&p[i], row, dir, sport);
		digest[i] = put(&t->rig[i], &p[i], i == 1);
	}
	if (digest[0] != digest[1] || p[0].in != p[1].in || p[0].confirm != p[1].confirm ||
	    p[0].pkt.ct_idx != p[1].pkt.ct_idx || p[0].pkt.ctinfo != p[1].pkt.ctinfo ||
	    p[0].pkt.reason != p[1].pkt.reason ||
	    (p[0].pkt.flags ^ p[1].pkt.flags) & ~(unsigned)NFR_PKT_HASHED ||
	    strcmp(t->rig[0].log, t->rig[1].log) != 0)
		fail_msg("%s, %s: \"%s\" without stages, \"%s\" with them", t->packet, t->setting,
			 t->rig[0].log, t->rig[1].log);
	rig_said(&t->rig[0]);
	rig_said(&t->rig[1]);
}

static void set(struct rig *rig, unsigned setting)
{
	memcpy((uint8_t *)&rig->env.sysctl + settings[setting].at, &settings[setting].value,
	       sizeof(settings[setting].value));
}

/* First packet, the same again, another connection's, the answer. */
static void run(const struct row *row, unsigned setting)
{
	struct twins t = {.packet = row->name, .setting = settings[setting].name};

	for (unsigned i = 0; i < 2; i++) {
		rig_open(&t.rig[i], 16);
		set(&t.rig[i], setting);
	}
	put_both(&t, row, 0, 1000);
	put_both(&t, row, 0, 1000);
	put_both(&t, row, 0, 1001);
	put_both(&t, row, 1, 1000);
	rig_close(&t.rig[0]);
	rig_close(&t.rig[1]);
}

static void test_as_without_stages(void **state)
{
	(void)state;
	for (unsigned s = 0; s < N_SETTINGS; s++)
		for (unsigned r = 0; r < N_ROWS; r++)
			run(&rows[r], s);
}

/* Otherwise the test above would say nothing. */
static void test_who_goes_the_short_way(void **state)
{
	(void)state;
	for (unsigned r = 0; r < N_ROWS; r++) {
		struct nfr_ct fresh = {.status = 0};
		struct rig_pkt p;
		struct rig rig;

		rig_open(&rig, 16);
		make(&p, &rows[r], 0, 1000);
		stage(&rig, &p);
		if (nfr_ct_l4(rows[r].proto)->open(&rig.net, &fresh, &p.pkt) != rows[r].is_short)
			fail_msg("%s", rows[r].name);
		rig_close(&rig);
	}
}

/* Two first packets of one connection in a burst: the second one finds it. */
static void test_twice_in_a_burst(void **state)
{
	struct rig_pkt p[2];
	struct rig rig;

	(void)state;
	rig_open(&rig, 16);
	for (unsigned i = 0; i < 2; i++) {
		make(&p[i], &rows[0], 0, 1000);
		stage(&rig, &p[i]);
	}
	for (unsigned i = 0; i < 2; i++)
		rig_put(&rig, &p[i]);
	assert_int_equal(p[1].pkt.ct_idx, p[0].pkt.ct_idx);
	assert_int_equal(rig.net.count, 1);
	rig_close(&rig);
}

/* A record is refused: as many packets are dropped either way, for the same reason. */
static void test_faults(void **state)
{
	(void)state;
	for (unsigned k = 1; k < 6; k++) {
		struct twins t = {.packet = rows[0].name, .setting = "a fault"};

		for (unsigned i = 0; i < 2; i++) {
			rig_open(&t.rig[i], 4);
			nfr_pool_fail(&t.rig[i].net.cts, k, k & 1);
		}
		for (uint16_t port = 1000; port < 1008; port++)
			put_both(&t, &rows[0], 0, port);
		rig_close(&t.rig[0]);
		rig_close(&t.rig[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_without_stages),
		cmocka_unit_test(test_who_goes_the_short_way),
		cmocka_unit_test(test_twice_in_a_burst),
		cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
