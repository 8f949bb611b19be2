/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines as conntrack 1.4.7 printed them on Linux 6.18; the views are made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include "conntrack/conntrack.h"

#define SEC NFR_NSEC_PER_SEC
#define REPLIED (NFR_IPS_SEEN_REPLY | NFR_IPS_CONFIRMED)
#define ICMP_L4(id, type, code) (id), ((type) << 8 | (code))

static struct nfr_ct_view table[2];

/* The table of this test, in place of an instance's. */
bool nfr_ct_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		 struct nfr_ct_view *view)
{
	(void)net;
	(void)now_ns;
	if (*cursor == 2)
		return false;
	*view = table[(*cursor)++];
	return true;
}

static struct nfr_expect_view expected;

bool nfr_expect_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		     struct nfr_expect_view *view)
{
	(void)net;
	(void)now_ns;
	*view = expected;
	return (*cursor)++ == 0;
}

static struct nfr_tuple tuple(const char *src, const char *dst, uint8_t proto, uint16_t a,
			      uint16_t b)
{
	struct nfr_tuple t = {.protonum = proto, .src_l4 = nfr_htons(a), .dst_l4 = nfr_htons(b)};
	int family = strchr(src, ':') ? AF_INET6 : AF_INET;

	t.l3num = family == AF_INET6 ? NFR_IPV6 : NFR_IPV4;
	assert_int_equal(inet_pton(family, src, t.src.b), 1);
	assert_int_equal(inet_pton(family, dst, t.dst.b), 1);
	return t;
}

struct row {
	const char *name;
	struct nfr_ct_view ct; /* tuples are set from what follows */
	const char *src, *dst;
	uint8_t proto;
	uint16_t l4[4]; /* original, then reply */
	int event;	/* enum nfr_ct_event_type, or -1 for the table */
	uint32_t bits;
	const char *want;
};

static const struct row rows[] = {
	{"tcp, counted, stamped, in a zone, with a helper",
	 {.timeout_ns = 298 * SEC + 999999999,
	  .status = REPLIED | NFR_IPS_ASSURED,
	  .mark = 9,
	  .zone = 3,
	  .tcp_state = NFR_TCP_ESTABLISHED,
	  .has_acct = true,
	  .acct = {{4, 188}, {2, 80}},
	  .has_timestamp = true,
	  .start_ns = 99 * SEC + 900000000,
	  .helper = "ftp"},
	 "10.0.1.2",
	 "10.0.2.2",
	 6,
	 {4000, 21, 21, 4000},
	 -1,
	 0,
	 "ipv4     2 tcp      6 298 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=4000 dport=21 "
	 "packets=4 bytes=188 src=10.0.2.2 dst=10.0.1.2 sport=21 dport=4000 packets=2 bytes=80 "
	 "[ASSURED] mark=9 zone=3 delta-time=1 helper=ftp use=1"},
	{"icmp",
	 {.timeout_ns = 98 * SEC},
	 "1.1.1.1",
	 "2.2.2.2",
	 1,
	 {ICMP_L4(77, 8, 0), ICMP_L4(77, 0, 0)},
	 -1,
	 0,
	 "ipv4     2 icmp     1 98 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=77 [UNREPLIED] "
	 "src=2.2.2.2 dst=1.1.1.1 type=0 code=0 id=77 mark=0 use=1"},
	{"icmpv6",
	 {.timeout_ns = 98 * SEC},
	 "fd00::1",
	 "fd00::2",
	 58,
	 {ICMP_L4(77, 128, 0), ICMP_L4(77, 129, 0)},
	 -1,
	 0,
	 "ipv6     10 icmpv6   58 98 src=fd00::1 dst=fd00::2 type=128 code=0 id=77 [UNREPLIED] "
	 "src=fd00::2 dst=fd00::1 type=129 code=0 id=77 mark=0 use=1"},
	{"gre",
	 {.timeout_ns = 98 * SEC},
	 "1.1.1.1",
	 "2.2.2.2",
	 47,
	 {0x123, 0x456, 0x456, 0x123},
	 -1,
	 0,
	 "ipv4     2 gre      47 98 src=1.1.1.1 dst=2.2.2.2 srckey=0x123 dstkey=0x456 "
	 "[UNREPLIED] src=2.2.2.2 dst=1.1.1.1 srckey=0x456 dstkey=0x123 mark=0 use=1"},
	{"a protocol without a name",
	 {.timeout_ns = 598 * SEC, .has_acct = true, .acct = {{1, 40}}},
	 "10.0.1.2",
	 "10.0.2.2",
	 50,
	 {0},
	 -1,
	 0,
	 "ipv4     2 unknown  50 598 src=10.0.1.2 dst=10.0.2.2 packets=1 bytes=40 [UNREPLIED] "
	 "src=10.0.2.2 dst=10.0.1.2 packets=0 bytes=0 mark=0 use=1"},
	{"dccp, which 6.18 tracks without ports",
	 {.timeout_ns = 600 * SEC},
	 "10.0.1.2",
	 "10.0.2.2",
	 33,
	 {0},
	 NFR_CT_EVENT_NEW,
	 0,
	 "    [NEW] ipv4     2 dccp     33 600 src=10.0.1.2 dst=10.0.2.2 sport=0 dport=0 "
	 "[UNREPLIED] src=10.0.2.2 dst=10.0.1.2 sport=0 dport=0"},
	{"a zone of one direction, and of the other",
	 {.timeout_ns = 98 * SEC, .zone_dir = {6, 7}},
	 "1.1.1.1",
	 "2.2.2.2",
	 17,
	 {1, 4, 4, 1},
	 -1,
	 0,
	 "ipv4     2 udp      17 98 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=4 zone-orig=6 "
	 "[UNREPLIED] src=2.2.2.2 dst=1.1.1.1 sport=4 dport=1 zone-reply=7 mark=0 use=1"},
	{"expired, in the table",
	 {.timeout_ns = -5, .tcp_state = NFR_TCP_SYN_SENT2},
	 "1.1.1.1",
	 "2.2.2.2",
	 6,
	 {1, 4, 4, 1},
	 -1,
	 0,
	 "ipv4     2 tcp      6 0 SYN_SENT2 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=4 [UNREPLIED] "
	 "src=2.2.2.2 dst=1.1.1.1 sport=4 dport=1 mark=0 use=1"},
	{"an update has no counters",
	 {.timeout_ns = 60 * SEC,
	  .status = REPLIED,
	  .mark = 9,
	  .zone = 3,
	  .tcp_state = NFR_TCP_SYN_RECV,
	  .has_acct = true,
	  .has_timestamp = true,
	  .helper = "ftp"},
	 "10.0.1.2",
	 "10.0.2.2",
	 6,
	 {4000, 21, 21, 4000},
	 NFR_CT_EVENT_UPDATE,
	 NFR_IPCT_REPLY | NFR_IPCT_PROTOINFO,
	 " [UPDATE] ipv4     2 tcp      6 60 SYN_RECV src=10.0.1.2 dst=10.0.2.2 sport=4000 "
	 "dport=21 src=10.0.2.2 dst=10.0.1.2 sport=21 dport=4000 mark=9 zone=3 helper=ftp"},
	{"an update that did not change the state does not tell it",
	 {.timeout_ns = 300 * SEC, .status = REPLIED, .tcp_state = NFR_TCP_ESTABLISHED},
	 "10.0.1.2",
	 "10.0.2.2",
	 6,
	 {1000, 80, 80, 1000},
	 NFR_CT_EVENT_UPDATE,
	 NFR_IPCT_REPLY,
	 " [UPDATE] ipv4     2 tcp      6 300 src=10.0.1.2 dst=10.0.2.2 sport=1000 dport=80 "
	 "src=10.0.2.2 dst=10.0.1.2 sport=80 dport=1000"},
	{"a mark that went back to zero is told",
	 {.timeout_ns = 30 * SEC, .status = REPLIED},
	 "1.1.1.1",
	 "2.2.2.2",
	 17,
	 {1, 4, 4, 1},
	 NFR_CT_EVENT_UPDATE,
	 NFR_IPCT_MARK,
	 " [UPDATE] ipv4     2 udp      17 30 src=1.1.1.1 dst=2.2.2.2 sport=1 dport=4 "
	 "src=2.2.2.2 dst=1.1.1.1 sport=4 dport=1 mark=0"},
	{"destroyed: no helper, but counters and age",
	 {.timeout_ns = 298 * SEC,
	  .status = REPLIED | NFR_IPS_ASSURED,
	  .mark = 9,
	  .zone = 3,
	  .tcp_state = NFR_TCP_ESTABLISHED,
	  .has_acct = true,
	  .acct = {{4, 188}, {2, 80}},
	  .has_timestamp = true,
	  .start_ns = 2 * SEC + 900000000,
	  .stop_ns = 4 * SEC,
	  .helper = "ftp"},
	 "10.0.1.2",
	 "10.0.2.2",
	 6,
	 {4000, 21, 21, 4000},
	 NFR_CT_EVENT_DESTROY,
	 0,
	 "[DESTROY] ipv4     2 tcp      6 298 ESTABLISHED src=10.0.1.2 dst=10.0.2.2 sport=4000 "
	 "dport=21 packets=4 bytes=188 src=10.0.2.2 dst=10.0.1.2 sport=21 dport=4000 packets=2 "
	 "bytes=80 [ASSURED] mark=9 zone=3 delta-time=1"},
	{"destroyed when it expired",
	 {.timeout_ns = -1, .status = REPLIED, .tcp_state = NFR_TCP_LAST_ACK},
	 "fd00::1",
	 "fd00::2",
	 6,
	 {1, 2, 2, 1},
	 NFR_CT_EVENT_DESTROY,
	 0,
	 "[DESTROY] ipv6     10 tcp      6 LAST_ACK src=fd00::1 dst=fd00::2 sport=1 dport=2 "
	 "src=fd00::2 dst=fd00::1 sport=2 dport=1"},
};

static void same(const char *name, char *got, const char *want)
{
	size_t len = strlen(got);

	if (!len || got[len - 1] != '\n' || strncmp(got, want, len - 1) || want[len - 1])
		fail_msg("%s:\n got `%s'\nwant `%s'", name, got, want);
	free(got);
}

static struct nfr_ct_event event_of(const struct row *row)
{
	struct nfr_ct_event event = {.ct = row->ct, .bits = row->bits};

	event.type = (enum nfr_ct_event_type)row->event;
	event.ct.tuple[0] = tuple(row->src, row->dst, row->proto, row->l4[0], row->l4[1]);
	event.ct.tuple[1] = tuple(row->dst, row->src, row->proto, row->l4[2], row->l4[3]);
	return event;
}

static void lines_are_those_of_conntrack(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct nfr_ct_event event = event_of(&rows[i]);
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);

		if (rows[i].event < 0)
			nfr_conntrack_print(to, &event.ct, 100 * SEC);
		else
			nfr_conntrack_print_event(to, &event, 100 * SEC);
		fclose(to);
		same(rows[i].name, text, rows[i].want);
	}
}

/* The word for a protocol, of each that conntrack(8) listed (conformance/tables/protocols). */
static void protocols_are_named_as_there(void **unused)
{
	FILE *f = fopen("conformance/tables/protocols", "r");
	char line[128], name[16], want[64];
	unsigned proto, n = 0;

	(void)unused;
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		struct nfr_ct_view view = {.timeout_ns = SEC};
		char *text = NULL;
		size_t len;
		FILE *to;

		if (sscanf(line, "%u NEW %15s", &proto, name) != 2)
			continue;
		to = open_memstream(&text, &len);
		view.tuple[0] = view.tuple[1] = tuple("1.1.1.1", "2.2.2.2", (uint8_t)proto, 0, 0);
		nfr_conntrack_print(to, &view, 100 * SEC);
		fclose(to);
		snprintf(want, sizeof(want), "ipv4     2 %-8s %u 1 src=", name, proto);
		if (strncmp(text, want, strlen(want)) != 0)
			fail_msg("got `%s' for `%s'", text, want);
		free(text);
		n++;
	}
	fclose(f);
	assert_int_equal(n, 250);
}

/* IPv4 first, whatever the order of creation. */
static void dump_goes_by_family(void **unused)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)unused;
	table[0] = event_of(&rows[2]).ct;
	table[1] = event_of(&rows[1]).ct;
	nfr_conntrack_dump(to, NULL, 0);
	fclose(to);
	assert_memory_equal(text, "ipv4     2 icmp ", 16);
	assert_memory_equal(strchr(text, '\n') + 1, "ipv6     10 icmpv6 ", 19);
	free(text);
}

static const char ftp_expectation[] =
	"298 proto=6 src=10.0.2.2 dst=10.0.1.2 sport=0 dport=51210 mask-src=255.255.255.255 "
	"mask-dst=255.255.255.255 sport=0 dport=65535 master-src=10.0.1.2 master-dst=10.0.2.2 "
	"sport=4000 dport=21 class=0 helper=ftp\n";

static void expectations(void **unused)
{
	struct nfr_expect_event event = {.type = NFR_CT_EVENT_DESTROY};
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)unused;
	expected = (struct nfr_expect_view){
		.tuple = tuple("10.0.2.2", "10.0.1.2", 6, 0, 51210),
		.mask = tuple("255.255.255.255", "255.255.255.255", 0, 0, 65535),
		.master = tuple("10.0.1.2", "10.0.2.2", 6, 4000, 21),
		.timeout_ns = 298 * SEC + 1,
		.zone = 3,
		.helper = "ftp",
	};
	nfr_conntrack_dump_expect(to, NULL, 0);
	event.expect = expected;
	nfr_conntrack_print_expect_event(to, &event);
	event.expect.flags = NFR_EXPECT_PERMANENT | NFR_EXPECT_INACTIVE;
	nfr_conntrack_print_expect(to, &event.expect);
	fclose(to);
	len = sizeof(ftp_expectation) - 1;
	assert_memory_equal(text, ftp_expectation, len);
	assert_memory_equal(text + len, "[DESTROY] ", 10);
	assert_memory_equal(text + len + 10, ftp_expectation, len);
	assert_non_null(strstr(text, " dport=21 PERMANENT,INACTIVE class=0 "));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_those_of_conntrack),
		cmocka_unit_test(protocols_are_named_as_there),
		cmocka_unit_test(dump_goes_by_family),
		cmocka_unit_test(expectations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
