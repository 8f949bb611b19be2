/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FTP helper against what Linux 6.18 did with the same lines. A row is one line of one side of
 * a control connection; a text of NULL is a packet that Linux dropped.
 */
#include "nat/rig_test.h"

#define SAME "="
#define NO_PORT (-1)

enum mode {
	PLAIN,
	MASQ,
	DNAT,
};

struct row {
	const char *line;
	const char *out; /* SAME, another text, or NULL */
	int port;        /* that is expected, or NO_PORT */
};

/* One control connection, both ends. */
struct talk {
	struct rig *rig;
	bool v6;
	union nfr_addr client, server, seen_client, seen_server;
	uint32_t seq[2];
	char got[RIG_ROOM]; /* text of the last packet, as it left */
	struct rig_pkt pkt;
};

static unsigned say_at(struct talk *talk, unsigned dir, uint8_t flags, const char *text,
		       uint32_t seq, uint32_t ack)
{
	struct rig_pkt *p = &talk->pkt;
	unsigned verdict;

	if (dir == NFR_CT_DIR_ORIGINAL)
		rig_tcp(p, talk->client, 4000, talk->seen_server, 21, flags, seq, ack, text);
	else
		rig_tcp(p, talk->server, 21, talk->seen_client, 4000, flags, seq, ack, text);
	verdict = rig_forward(talk->rig, p);
	if (verdict == NFR_ACCEPT) {
		uint32_t off = p->pkt.l4_off + 20;

		assert_true(rig_sums_ok(p));
		memcpy(talk->got, p->pkt.data + off, p->pkt.len - off);
		talk->got[p->pkt.len - off] = 0;
	}
	nfr_env_buf_put(&talk->rig->env, p->pkt.buf);
	return verdict;
}

/* What is said next; it moves on when it gets through. Acknowledges all that the other said. */
static unsigned say(struct talk *talk, unsigned dir, const char *text)
{
	unsigned verdict = say_at(talk, dir, 0x18, text, talk->seq[dir], talk->seq[!dir]);

	if (verdict == NFR_ACCEPT)
		talk->seq[dir] += (uint32_t)strlen(text);
	return verdict;
}

static void open_talk(struct talk *talk, enum mode mode, bool v6)
{
	struct rig *rig = rig_new(16);

	memset(talk, 0, sizeof(*talk));
	talk->rig = rig;
	talk->v6 = v6;
	rig->helper = nfr_ct_helper_find("ftp", v6 ? NFR_IPV6 : NFR_IPV4, NFR_IPPROTO_TCP);
	assert_non_null(rig->helper);
	talk->client = talk->seen_client = v6 ? rig_ip6(1, 2) : rig_ip4(10, 0, 1, 2);
	talk->server = talk->seen_server = v6 ? rig_ip6(2, 2) : rig_ip4(10, 0, 2, 2);
	if (mode == MASQ) {
		rig->rule[NFR_INET_POST_ROUTING].kind = RIG_MASQUERADE;
		talk->seen_client = rig->addr[v6];
	} else if (mode == DNAT) {
		rig->rule[NFR_INET_PRE_ROUTING] = (struct rig_rule){
			RIG_RANGE,
			{.flags = NFR_NAT_RANGE_MAP_IPS, .min_addr = talk->server,
			 .max_addr = talk->server}};
		talk->seen_server = v6 ? rig_ip6(2, 77) : rig_ip4(10, 0, 2, 77);
	}
	assert_int_equal(say_at(talk, 0, 0x02, "", 1000, 0), NFR_ACCEPT);
	assert_int_equal(say_at(talk, 1, 0x12, "", 5000, 1001), NFR_ACCEPT);
	assert_int_equal(say_at(talk, 0, 0x10, "", 1001, 5001), NFR_ACCEPT);
	talk->seq[0] = 1001;
	talk->seq[1] = 5001;
	assert_int_equal(say(talk, 1, "220 ready\r\n"), NFR_ACCEPT);
	assert_int_equal(say(talk, 0, "USER x\r\n"), NFR_ACCEPT);
	rig->rule[NFR_INET_PRE_ROUTING].kind = RIG_NONE;
}

static struct nfr_expect *the_expectation(struct talk *talk)
{
	assert_int_equal(talk->rig->ct.expects.used, 1);
	for (uint32_t idx = 1; idx <= talk->rig->ct.expects.max; idx++) {
		if (nfr_expect_at(&talk->rig->ct, idx)->master)
			return nfr_expect_at(&talk->rig->ct, idx);
	}
	return NULL;
}

static void check_row(const struct row *row, unsigned dir, enum mode mode, bool v6)
{
	const char *want = row->out && strcmp(row->out, SAME) == 0 ? row->line : row->out;
	struct talk talk;
	unsigned verdict;

	open_talk(&talk, mode, v6);
	verdict = say(&talk, dir, row->line);
	if (verdict != (want ? NFR_ACCEPT : NFR_DROP))
		fail_msg("%s: verdict %u", row->line, verdict);
	if (want && strcmp(talk.got, want) != 0)
		fail_msg("%s: became %s", row->line, talk.got);
	if (talk.rig->ct.expects.used != (row->port != NO_PORT))
		fail_msg("%s: %u expectations", row->line, talk.rig->ct.expects.used);
	if (row->port != NO_PORT)
		assert_int_equal(nfr_ntohs(the_expectation(&talk)->tuple.dst_l4), row->port);
	if (!want)
		assert_int_equal(talk.pkt.pkt.reason, NFR_REASON_CT_HELPER_DROP);
	rig_free(talk.rig);
}

static const struct row client_rows[] = {
	{"PORT 10,0,1,2,200,10\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"port 10,0,1,2,200,10\r\n", "port 10,0,2,1,200,10\r\n", 51210},
	{"PORTxx 10,0,1,2,200,10\r\n", "PORTxx 10,0,2,1,200,10\r\n", 51210},
	{"PORT 10,0,1,2,200,10\r", "PORT 10,0,2,1,200,10\r", 51210},
	{"PORT 10,0,1,2,255,255\r\nNOOP\r\n", "PORT 10,0,2,1,255,255\r\nNOOP\r\n", 65535},
	/* numbers have no bounds: they shift into their neighbours or out of the word */
	{"PORT 266,0,1,2,200,10\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"PORT 10,0,1,258,200,10\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"PORT 4294967306,0,1,2,200,10\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"PORT 010,00,1,2,200,0010\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"PORT 10,0,1,2,456,10\r\n", "PORT 10,0,2,1,200,10\r\n", 51210},
	{"PORT 10,0,1,2,,10\r\n", "PORT 10,0,2,1,0,10\r\n", 10},
	/* port 0 is expected, and then taken for "no port" */
	{"PORT 10,0,1,2,0,0\r\n", NULL, 0},
	/* a third host is not expected */
	{"PORT 10,0,1,3,200,10\r\n", SAME, NO_PORT},
	/* no commands, or none at the start of a line */
	{"PORX", SAME, NO_PORT},
	{"NOOP PORT 10,0,1,2,200,10\r\n", SAME, NO_PORT},
	{"QUIT\r\n", SAME, NO_PORT},
	/* partial matches */
	{"P", NULL, NO_PORT},
	{"PO", NULL, NO_PORT},
	{"PORT", NULL, NO_PORT},
	{"PORT ", NULL, NO_PORT},
	{"PORT\t10,0,1,2,200,10\r\n", NULL, NO_PORT},
	{"PORT  10,0,1,2,200,10\r\n", NULL, NO_PORT},
	{"PORT 10,0,1,2,200,10", NULL, NO_PORT},
	{"PORT 10,0,1,2,200,10\n", NULL, NO_PORT},
	{"PORT 10,0,1,2,200,10 \r\n", NULL, NO_PORT},
	{"PORT 10,0,1,2,200\r\n", NULL, NO_PORT},
	{"PORT 1,1,1,1,1,1,1\r\n", NULL, NO_PORT},
	{"PORT 10.0.1.2,200,10\r\n", NULL, NO_PORT},
	{"PORT a,0,1,2,200,10\r\n", NULL, NO_PORT},
	{"E", NULL, NO_PORT},
	{"EPR", NULL, NO_PORT},
	{"EPRT", NULL, NO_PORT},
	/* RFC 2428 */
	{"EPRT |1|10.0.1.2|6275|\r\n", "EPRT |1|10.0.2.1|6275|\r\n", 6275},
	{"eprt |1|10.0.1.2|6275|\r\n", "eprt |1|10.0.2.1|6275|\r\n", 6275},
	{"EPRT !1!10.0.1.2!6275!\r\n", "EPRT |1|10.0.2.1|6275|\r\n", 6275},
	{"EPRT x1x10.0.1.2x99x\r\n", "EPRT |1|10.0.2.1|99|\r\n", 99},
	{"EPRT |1|10.0.1.2|70000|\r\n", "EPRT |1|10.0.2.1|4464|\r\n", 4464},
	{"EPRT |1|10.0.1.2|0000000099|\r\n", "EPRT |1|10.0.2.1|99|\r\n", 99},
	{"EPRT |1|10.0.1.2|65536|\r\n", NULL, NO_PORT},
	{"EPRT |1|10.0.1.2|0|\r\n", NULL, NO_PORT},
	{"EPRT |1|10.0.1.2|99x|\r\n", NULL, NO_PORT},
	{"EPRT |1|10.0.1.2|62", NULL, NO_PORT},
	{"EPRT |1|10.0.1|6275|\r\n", NULL, NO_PORT},
	{"EPRT |2|10.0.1.2|6275|\r\n", NULL, NO_PORT},
	{"EPRT |1|", NULL, NO_PORT},
	{"EPRT 111\r\n", NULL, NO_PORT},
	{"EPRT \001\061\001", NULL, NO_PORT},
};

static const struct row server_rows[] = {
	{"227 Entering Passive Mode (10,0,2,2,100,1).\r\n",
	 "227 Entering Passive Mode (10,0,2,77,100,1).\r\n", 25601},
	{"227 10,0,2,2,100,1\r\n", "227 10,0,2,77,100,1\r\n", 25601},
	{"227 (10,0,2,2,100,1x)\r\n", "227 (10,0,2,77,100,1x)\r\n", 25601},
	{"227 (10,0,2,2,0,0)\r\n", NULL, 0},
	{"227 (10,0,2,3,100,1)\r\n", SAME, NO_PORT},
	{"227-Entering (10,0,2,2,100,1)\r\n", SAME, NO_PORT},
	{"230 227 (10,0,2,2,100,1)\r\n", SAME, NO_PORT},
	{"227 Logout.\r\n", NULL, NO_PORT},
	{"227 Bye 4 now\r\n", NULL, NO_PORT},
	{"227 Entering 1 (10,0,2,2,100,1)\r\n", NULL, NO_PORT},
	{"2", NULL, NO_PORT},
	{"22", NULL, NO_PORT},
	{"227", NULL, NO_PORT},
	{"227 ", NULL, NO_PORT},
	{"227 =10,0,2,2,100,1", NULL, NO_PORT},
	{"229 Entering Extended Passive Mode (|||25602|)\r\n", SAME, 25602},
	{"229 (|||65535|x\r\n", SAME, 65535},
	{"229 (!!!99!)\r\n", "229 (|||99|)\r\n", 99},
	{"229 (|||99|", SAME, 99},
	{"229 ok\r\n", NULL, NO_PORT},
	{"229 (|||0|)\r\n", NULL, NO_PORT},
	{"229 (|1|10.0.2.2|99|)\r\n", NULL, NO_PORT},
	{"229 x (a) (|||99|)\r\n", NULL, NO_PORT},
	{"229 (", NULL, NO_PORT},
	{"229 (|||99", NULL, NO_PORT},
};

#define OWN6 "fd00:0002:0000:0000:0000:0000:0000:0001"

static const struct row ip6_rows[] = {
	{"EPRT |2|fd00:1::2|6275|\r\n", "EPRT |2|" OWN6 "|6275|\r\n", 6275},
	{"EPRT |2|FD00:1:0:0:0:0:0:2|6275|\r\n", "EPRT |2|" OWN6 "|6275|\r\n", 6275},
	{"EPRT |2|fd00:1::3|6275|\r\n", SAME, NO_PORT},
	{"EPRT |1|10.0.1.2|6275|\r\n", NULL, NO_PORT},
	{"EPRT |2|fd00:1::2%eth0|6275|\r\n", NULL, NO_PORT},
	{"EPRT |2||6275|\r\n", NULL, NO_PORT},
	/* numbers of IPv4 are read, but are nobody's address here */
	{"PORT 10,0,1,2,200,10\r\n", SAME, NO_PORT},
};

#define CHECK(rows, dir, mode, v6) \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++) \
		check_row(&(rows)[i], dir, mode, v6)

static void client_lines_through_masquerade(void **state)
{
	(void)state;
	CHECK(client_rows, NFR_CT_DIR_ORIGINAL, MASQ, false);
}

static void server_lines_through_dnat(void **state)
{
	(void)state;
	CHECK(server_rows, NFR_CT_DIR_REPLY, DNAT, false);
}

static void ip6_lines_through_masquerade(void **state)
{
	(void)state;
	CHECK(ip6_rows, NFR_CT_DIR_ORIGINAL, MASQ, true);
}

/* Without NAT the text stays, and port 0 is an expectation like any other. */
static void lines_without_nat(void **state)
{
	static const struct row client[] = {
		{"PORT 10,0,1,2,200,10\r\n", SAME, 51210},
		{"PORT 10,0,1,2,0,0\r\n", SAME, 0},
		{"PORT 10,0,1,3,200,10\r\n", SAME, NO_PORT},
		{"EPRT !1!10.0.1.2!6275!\r\n", SAME, 6275},
	};
	static const struct row server[] = {
		{"227 (10,0,2,2,100,1)\r\n", SAME, 25601},
		{"229 (!!!99!)\r\n", SAME, 99},
	};

	(void)state;
	CHECK(client, NFR_CT_DIR_ORIGINAL, PLAIN, false);
	CHECK(server, NFR_CT_DIR_REPLY, PLAIN, false);
}

/* ---- line starts ---- */

/* The first line of a direction is never read, nor what does not start a line. */
static void only_line_starts_are_read(void **state)
{
	struct talk talk;

	(void)state;
	open_talk(&talk, MASQ, false);
	assert_int_equal(say(&talk, 0, "NO"), NFR_ACCEPT);
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,10\r\n"), NFR_ACCEPT);
	assert_string_equal(talk.got, "PORT 10,0,1,2,200,10\r\n");
	assert_int_equal(talk.rig->ct.expects.used, 0);
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,10\r\n"), NFR_ACCEPT);
	assert_string_equal(talk.got, "PORT 10,0,2,1,200,10\r\n");
	rig_free(talk.rig);
}

/* A dropped partial match comes again, whole. */
static void partial_matches_may_be_completed(void **state)
{
	struct talk talk;

	(void)state;
	open_talk(&talk, MASQ, false);
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,"), NFR_DROP);
	assert_string_equal(talk.rig->log,
			    "nf_ct_ftp: dropping packet: partial matching of `PORT' ");
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,10\r\n"), NFR_ACCEPT);
	assert_int_equal(talk.rig->ct.expects.used, 1);
	rig_free(talk.rig);
}

/* A retransmission is read again and gives the same; its expectation replaces the first. */
static void retransmissions_give_the_same(void **state)
{
	struct talk talk;
	uint32_t seq;

	(void)state;
	open_talk(&talk, MASQ, false);
	seq = talk.seq[0];
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(say_at(&talk, 0, 0x18, "EPRT |1|10.0.1.2|6275|\r\n", seq, 5012),
				 NFR_ACCEPT);
		assert_string_equal(talk.got, "EPRT |1|10.0.2.1|6275|\r\n");
		assert_int_equal(talk.rig->ct.expects.used, 1);
	}
	rig_free(talk.rig);
}

/* ---- NAT ---- */

/* Text that grows shifts all that follows, and the acknowledgements of the other side. */
static void sequence_numbers_follow(void **state)
{
	struct talk talk;
	uint32_t seq;

	(void)state;
	open_talk(&talk, MASQ, false);
	talk.rig->rule[0].kind = RIG_NONE;
	seq = talk.seq[0];
	assert_int_equal(say(&talk, 0, "EPRT !1!10.0.1.2!00006275!\r\n"), NFR_ACCEPT);
	assert_string_equal(talk.got, "EPRT |1|10.0.2.1|6275|\r\n");
	assert_int_equal(nfr_get32(talk.pkt.pkt.data + 24), seq);
	/* the server acknowledges what it saw, four bytes less */
	assert_int_equal(say_at(&talk, 1, 0x18, "200 ok\r\n", talk.seq[1], talk.seq[0] - 4),
			 NFR_ACCEPT);
	assert_int_equal(nfr_get32(talk.pkt.pkt.data + 28), talk.seq[0]);
	talk.seq[1] += 8;
	assert_int_equal(say(&talk, 0, "QUIT\r\n"), NFR_ACCEPT);
	assert_int_equal(nfr_get32(talk.pkt.pkt.data + 24), talk.seq[0] - 6 - 4);
	rig_free(talk.rig);
}

/* The data connection arrives at the rewritten address and is bound as its master. */
static void data_connection_follows_its_master(void **state)
{
	struct talk talk;
	struct rig_pkt p;

	(void)state;
	open_talk(&talk, MASQ, false);
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,10\r\n"), NFR_ACCEPT);
	rig_tcp(&p, talk.server, 20, talk.seen_client, 51210, 0x02, 1, 0, "");
	talk.rig->helper = NULL;
	assert_int_equal(rig_first_half(talk.rig, &p, NFR_INET_PRE_ROUTING), NFR_ACCEPT);
	assert_int_equal(p.pkt.ctinfo, NFR_CT_RELATED);
	assert_int_equal(rig_second_half(talk.rig, &p, NFR_INET_POST_ROUTING), NFR_ACCEPT);
	assert_memory_equal(rig_dst(&p).b, talk.client.b, 16);
	assert_int_equal(rig_dport(&p), 51210);
	assert_int_equal(talk.rig->ct.expects.used, 0);
	rig_tcp(&p, talk.client, 51210, talk.server, 20, 0x12, 1, 2, "");
	assert_int_equal(rig_forward(talk.rig, &p), NFR_ACCEPT);
	assert_memory_equal(rig_src(&p).b, talk.seen_client.b, 16);
	assert_true(rig_sums_ok(&p));
	rig_free(talk.rig);
}

/* A second client announces the port that the first has taken: it gets another. */
static void taken_ports_are_changed(void **state)
{
	struct talk talk;
	struct rig_pkt p;
	unsigned high, low;

	(void)state;
	open_talk(&talk, MASQ, false);
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,2,200,10\r\n"), NFR_ACCEPT);
	talk.client = rig_ip4(10, 0, 1, 3);
	talk.rig->rule[NFR_INET_POST_ROUTING].kind = RIG_RANGE;
	talk.rig->rule[NFR_INET_POST_ROUTING].range = (struct nfr_nat_range){
		.flags = NFR_NAT_RANGE_MAP_IPS | NFR_NAT_RANGE_PROTO_SPECIFIED,
		.min_addr = talk.seen_client, .max_addr = talk.seen_client,
		.min_proto = 4001, .max_proto = 4001};
	assert_int_equal(say_at(&talk, 0, 0x02, "", 1000, 0), NFR_ACCEPT);
	rig_tcp(&p, talk.server, 21, talk.seen_client, 4001, 0x12, 5000, 1001, "");
	assert_int_equal(rig_forward(talk.rig, &p), NFR_ACCEPT);
	assert_int_equal(say_at(&talk, 0, 0x18, "USER x\r\n", 1001, 5001), NFR_ACCEPT);
	assert_int_equal(say_at(&talk, 0, 0x18, "PORT 10,0,1,3,200,10\r\n", 1009, 5001),
			 NFR_ACCEPT);
	assert_int_equal(sscanf(talk.got, "PORT 10,0,2,1,%u,%u\r\n", &high, &low), 2);
	assert_true(high * 256 + low > 51210);
	assert_int_equal(talk.rig->ct.expects.used, 2);
	rig_free(talk.rig);
}

/* nf_conntrack_ftp's `loose` lets a third host in. */
static void loose(void **state)
{
	union nfr_addr third = rig_ip4(10, 0, 1, 3);
	struct talk talk;

	(void)state;
	open_talk(&talk, PLAIN, false);
	talk.rig->env.sysctl.ftp_loose = 1;
	assert_int_equal(say(&talk, 0, "PORT 10,0,1,3,200,10\r\n"), NFR_ACCEPT);
	assert_memory_equal(the_expectation(&talk)->tuple.dst.b, third.b, 16);
	rig_free(talk.rig);
}

/* ---- limits ---- */

/* No expectation, no buffer, no extension: dropped with a reason, nothing left behind. */
static void fault_sweep(void **state)
{
	static const char *const lines[] = {"PORT 10,0,1,2,200,10\r\n",
					    "EPRT |1|10.0.1.2|9|\r\n", "QUIT\r\n"};

	(void)state;
	for (uint32_t k = 1; k < 10; k++) {
		struct talk talk;

		open_talk(&talk, MASQ, false);
		nfr_pool_fail(k & 1 ? &talk.rig->ct.expects : &talk.rig->env.bufs, (k + 1) / 2,
			      k & 2);
		for (unsigned i = 0; i < 3; i++) {
			if (say(&talk, 0, lines[i]) != NFR_ACCEPT)
				assert_int_equal(talk.pkt.pkt.reason, NFR_REASON_CT_HELPER_DROP);
			rig_check(talk.rig);
		}
		rig_free(talk.rig);
	}
}

/* The text grows by two bytes that the caller's memory does not have. */
static void text_without_room_needs_a_buffer(void **state)
{
	static const char *const logs[] = {
		"", "nf_ct_ftp: dropping packet: cannot mangle packet "};

	(void)state;
	for (unsigned fail = 0; fail < 2; fail++) {
		struct talk talk;
		struct rig_pkt *p = &talk.pkt;

		open_talk(&talk, DNAT, false);
		if (fail)
			nfr_pool_fail(&talk.rig->env.bufs, 1, true);
		rig_tcp(p, talk.server, 21, talk.seen_client, 4000, 0x18, talk.seq[1], talk.seq[0],
			"227 10,0,2,2,9,9\r\n");
		p->pkt.room = p->pkt.len;
		assert_int_equal(rig_forward(talk.rig, p), fail ? NFR_DROP : NFR_ACCEPT);
		assert_string_equal(talk.rig->log, logs[fail]);
		assert_int_equal(p->pkt.buf != 0, !fail);
		assert_int_equal(talk.rig->ct.expects.used, !fail);
		assert_true(fail || rig_sums_ok(p));
		nfr_env_buf_put(&talk.rig->env, p->pkt.buf);
		rig_free(talk.rig);
	}
}

static void helpers_by_name(void **state)
{
	(void)state;
	assert_non_null(nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_TCP));
	assert_null(nfr_ct_helper_find("ftp", NFR_IPV4, NFR_IPPROTO_UDP));
	assert_null(nfr_ct_helper_find("ft", NFR_IPV4, NFR_IPPROTO_TCP));
	assert_null(nfr_ct_helper_find("ftpx", NFR_IPV4, NFR_IPPROTO_TCP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(client_lines_through_masquerade),
		cmocka_unit_test(server_lines_through_dnat),
		cmocka_unit_test(ip6_lines_through_masquerade),
		cmocka_unit_test(lines_without_nat),
		cmocka_unit_test(only_line_starts_are_read),
		cmocka_unit_test(partial_matches_may_be_completed),
		cmocka_unit_test(retransmissions_give_the_same),
		cmocka_unit_test(sequence_numbers_follow),
		cmocka_unit_test(data_connection_follows_its_master),
		cmocka_unit_test(taken_ports_are_changed),
		cmocka_unit_test(loose),
		cmocka_unit_test(fault_sweep),
		cmocka_unit_test(text_without_room_needs_a_buffer),
		cmocka_unit_test(helpers_by_name),
	};

	return cmocka_run_group_tests_name("helper/ftp", tests, NULL, NULL);
}
