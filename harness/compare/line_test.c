/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines count as the same: both sides of each rule.
 */
#include "compare/compare.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CT(time, port, rest)                                                                       \
	"ipv4     2 udp      17 " time " src=10.0.1.2 dst=10.0.2.2 sport=1000 dport=53 src=10.0.2.2 " \
	"dst=10.0.2.1 sport=53 dport=" port " mark=0 " rest

static const struct {
	const char *name;
	enum nfr_cmp_style style;
	const char *want, *got;
	bool same;
} row[] = {
	{"equal", NFR_CMP_TABLE, CT("29", "1000", "use=1"), CT("29", "1000", "use=1"), true},
	{"two seconds", NFR_CMP_TABLE, CT("29", "1000", "use=1"), CT("27", "1000", "use=1"), true},
	{"three seconds", NFR_CMP_TABLE, CT("29", "1000", "use=1"), CT("26", "1000", "use=1"), false},
	{"use", NFR_CMP_TABLE, CT("29", "1000", "use=1"), CT("29", "1000", "use=7"), true},
	{"use and id missing", NFR_CMP_TABLE, CT("29", "1000", "use=1 id=77"), CT("29", "1000", ""),
	 false}, /* a space is left at the end */
	{"id", NFR_CMP_TABLE, CT("29", "1000", "use=1 id=77"), CT("29", "1000", "use=1"), true},
	{"mark", NFR_CMP_TABLE, CT("29", "1000", "use=1"), "ipv4     2 udp", false},
	{"a port of the host", NFR_CMP_TABLE, CT("29", "1000", "use=1"), CT("29", "1001", "use=1"),
	 false},
	{"a port that NAT chose", NFR_CMP_TABLE, CT("29", "5555", "use=1"), CT("29", "6666", "use=1"),
	 true},
	{"another address", NFR_CMP_TABLE, CT("29", "1000", "use=1"),
	 "ipv4     2 udp      17 29 src=10.0.1.3 dst=10.0.2.2 sport=1000 dport=53 src=10.0.2.2 "
	 "dst=10.0.2.1 sport=53 dport=1000 mark=0 use=1",
	 false},
	{"spaces count", NFR_CMP_TABLE, "ipv4 2", "ipv4  2", false},
	{"an event's time", NFR_CMP_EVENTS, "    [NEW] " CT("30", "1000", ""),
	 "    [NEW] " CT("31", "1000", ""), true},
	{"an event's type", NFR_CMP_EVENTS, "    [NEW] " CT("30", "1000", ""),
	 " [UPDATE] " CT("30", "1000", ""), false},
	{"an ICMP identifier", NFR_CMP_TABLE,
	 "ipv4     2 icmp     1 29 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=5 mark=0 use=1",
	 "ipv4     2 icmp     1 29 src=1.1.1.1 dst=2.2.2.2 type=8 code=0 id=6 mark=0 use=1", false},
	{"an expectation's time", NFR_CMP_TABLE, "298 proto=6 src=1.1.1.1 dst=2.2.2.2 sport=0 dport=20",
	 "300 proto=6 src=1.1.1.1 dst=2.2.2.2 sport=0 dport=20", true},
	{"an expectation's port", NFR_CMP_TABLE,
	 "298 proto=6 src=1.1.1.1 dst=2.2.2.2 sport=0 dport=20",
	 "298 proto=6 src=1.1.1.1 dst=2.2.2.2 sport=0 dport=21", false},
	{"a rule's counter", NFR_CMP_EXACT, "[1:20] -A INPUT", "[2:20] -A INPUT", false},
	{"a log line", NFR_CMP_LOG, "IN=eth0 OUT= SRC=1.1.1.1 DST=2.2.2.2 ID=5 PROTO=TCP SPT=1 DPT=2 ",
	 "IN=eth0 OUT= SRC=1.1.1.1 DST=2.2.2.2 ID=5 PROTO=TCP SPT=1 DPT=2 ", true},
	{"a log line's last space", NFR_CMP_LOG, "IN=eth0 OUT= ", "IN=eth0 OUT=", false},
	{"the id of a forwarded packet", NFR_CMP_LOG, "IN=eth0 OUT=eth1 ID=5 PROTO=ICMP TYPE=3 CODE=0 ",
	 "IN=eth0 OUT=eth1 ID=6 PROTO=ICMP TYPE=3 CODE=0 ", false},
	{"the id of the router's error", NFR_CMP_LOG, "IN= OUT=eth1 ID=5 PROTO=ICMP TYPE=3 CODE=0 ",
	 "IN= OUT=eth1 ID=6 PROTO=ICMP TYPE=3 CODE=0 ", true},
	{"the id of an error that comes back, where inputs are not known", NFR_CMP_LOG,
	 "IN=eth1 OUT= MAC= ID=5 PROTO=ICMP TYPE=3 CODE=0 ",
	 "IN=eth1 OUT= MAC= ID=6 PROTO=ICMP TYPE=3 CODE=0 ", false},
	{"a port that NAT chose, quoted", NFR_CMP_LOG,
	 "IN=eth1 OUT= ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=10.0.2.1 DST=10.0.2.2 ID=7 PROTO=UDP SPT=5555 DPT=53 ] ",
	 "IN=eth1 OUT= ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=10.0.2.1 DST=10.0.2.2 ID=7 PROTO=UDP SPT=6666 DPT=53 ] ", true},
	{"another host's port, quoted", NFR_CMP_LOG,
	 "IN=eth1 OUT= SRC=10.0.2.1 ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=10.0.2.9 DST=10.0.2.2 ID=7 PROTO=UDP SPT=5555 DPT=53 ] ",
	 "IN=eth1 OUT= SRC=10.0.2.1 ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=10.0.2.9 DST=10.0.2.2 ID=7 PROTO=UDP SPT=6666 DPT=53 ] ", false},
	{"the id that it quotes", NFR_CMP_LOG,
	 "IN= OUT=eth1 ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=1.1.1.1 DST=2.2.2.2 ID=7 ] ",
	 "IN= OUT=eth1 ID=5 PROTO=ICMP TYPE=3 CODE=0 [SRC=1.1.1.1 DST=2.2.2.2 ID=8 ] ", false},
};

static struct nfr_cmp_flow chosen_flow(const char *peer, uint16_t peer_port)
{
	struct nfr_cmp_flow flow = {.proto = 17, .port = {5555, peer_port}};

	inet_pton(AF_INET, "10.0.2.1", flow.addr[0]);
	inet_pton(AF_INET, peer, flow.addr[1]);
	return flow;
}

/* A comparison in which Linux chose 5555 for 10.0.2.1, twice. */
static struct nfr_cmp with_choice(void)
{
	struct nfr_cmp cmp = {.out = stderr};
	struct nfr_cmp_flow one = chosen_flow("10.0.2.2", 53), other = chosen_flow("10.0.2.3", 99);

	*nfr_cmp_flows_at(&cmp.chosen, &one) = 1;
	*nfr_cmp_flows_at(&cmp.chosen, &other) = 1;
	return cmp;
}

static void done(struct nfr_cmp *cmp)
{
	nfr_cmp_free(cmp);
}

static void lines_are_compared(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct nfr_cmp cmp = with_choice();

		if (nfr_cmp_line(&cmp, row[i].style, row[i].want, row[i].got) != row[i].same)
			fail_msg("%s", row[i].name);
		done(&cmp);
	}
}

/* What is bound at first sight must be used from then on, one to one, in every format. */
static void ports_stay_bound(void **state)
{
	static const char log_want[] = "IN=eth1 OUT= SRC=10.0.2.2 DST=10.0.2.1 PROTO=UDP SPT=53 DPT=5555 ";
	static const char log_got[] = "IN=eth1 OUT= SRC=10.0.2.2 DST=10.0.2.1 PROTO=UDP SPT=53 DPT=6666 ";
	struct nfr_cmp cmp = with_choice();

	(void)state;
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "6666", "")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "7777", "")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "5555", "")));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, log_want, log_got));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, log_want, log_want));
	done(&cmp);
}

#define LOG(peer, peer_port, port)                                                                 \
	"OUT=eth1 SRC=10.0.2.1 DST=" peer " PROTO=UDP SPT=" port " DPT=" peer_port " "

/* The same port may be chosen for two peers: each has its own binding. */
static void flows_are_bound_by_themselves(void **state)
{
	struct nfr_cmp cmp = with_choice();

	(void)state;
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				 LOG("10.0.2.2", "53", "6666")));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.3", "99", "5555"),
				 LOG("10.0.2.3", "99", "7777")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.3", "99", "5555"),
				  LOG("10.0.2.3", "99", "6666")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.4", "53", "5555"),
				  LOG("10.0.2.4", "53", "6666")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				  "OUT=eth1 SRC=10.0.2.1 DST=10.0.2.2 PROTO=UDP SPT=6666 DPT=54 "));
	done(&cmp);
}

/* Two connections, one after the other, that Linux gave the same port. */
static void a_flow_is_bound_as_often_as_it_was_made(void **state)
{
	struct nfr_cmp cmp = with_choice();
	struct nfr_cmp_flow flow = chosen_flow("10.0.2.2", 53);

	(void)state;
	*nfr_cmp_flows_at(&cmp.bind.want_limit, &flow) = 2;
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				 LOG("10.0.2.2", "53", "6666")));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				 LOG("10.0.2.2", "53", "7777")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				  LOG("10.0.2.2", "53", "8888")));
	done(&cmp);
}

/* Two that the other side gave the same port, though both are there at once. */
static void no_two_flows_are_bound_to_one(void **state)
{
	struct nfr_cmp cmp = with_choice();
	struct nfr_cmp_flow flow = chosen_flow("10.0.2.2", 53);

	(void)state;
	flow.port[0] = 5556;
	*nfr_cmp_flows_at(&cmp.chosen, &flow) = 1;
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5555"),
				 LOG("10.0.2.2", "53", "6666")));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, LOG("10.0.2.2", "53", "5556"),
				  LOG("10.0.2.2", "53", "6666")));
	done(&cmp);
}

static void a_port_waits_for_the_other(void **state)
{
	struct nfr_cmp cmp = with_choice();

	(void)state;
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, "SPT=1", "SPT=2"));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, "SPT=1 TTL=1 DPT=1", "SPT=2 TTL=1 DPT=1"));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, "SPT=1 DPT=1", "SPT=2 DPT=x"));
	done(&cmp);
}

static void ports_stay_in_their_range(void **state)
{
	struct nfr_cmp cmp = with_choice();

	(void)state;
	cmp.range[cmp.n_ranges++] = (struct nfr_cmp_range){5000, 6000};
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "6666", "")));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "5000", "")));
	done(&cmp);
}

static void a_trial_binds_nothing(void **state)
{
	struct nfr_cmp cmp = with_choice();

	(void)state;
	cmp.trial = true;
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "6666", "")));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_TABLE, CT("29", "5555", ""), CT("29", "7777", "")));
	done(&cmp);
}

/* An error to a broadcast comes back; its identification is the router's, unless an input had it. */
static void what_comes_back_was_made_here(void **state)
{
	static const uint8_t ip[20] = {0x45, 0, 0, 20, 0, 5};
	struct nfr_cmp cmp = with_choice();

	(void)state;
	nfr_cmp_take_id(&cmp, ip, sizeof(ip));
	assert_true(nfr_cmp_line(&cmp, NFR_CMP_LOG, "IN=eth1 OUT= MAC= ID=4 PROTO=ICMP TYPE=3 CODE=0 ",
				 "IN=eth1 OUT= MAC= ID=6 PROTO=ICMP TYPE=3 CODE=0 "));
	assert_false(nfr_cmp_line(&cmp, NFR_CMP_LOG, "IN=eth1 OUT= MAC= ID=5 PROTO=ICMP TYPE=3 CODE=0 ",
				  "IN=eth1 OUT= MAC= ID=6 PROTO=ICMP TYPE=3 CODE=0 "));
	done(&cmp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_compared),
		cmocka_unit_test(ports_stay_bound),
		cmocka_unit_test(flows_are_bound_by_themselves),
		cmocka_unit_test(a_flow_is_bound_as_often_as_it_was_made),
		cmocka_unit_test(no_two_flows_are_bound_to_one),
		cmocka_unit_test(a_port_waits_for_the_other),
		cmocka_unit_test(ports_stay_in_their_range),
		cmocka_unit_test(a_trial_binds_nothing),
		cmocka_unit_test(what_comes_back_was_made_here),
	};

	return cmocka_run_group_tests_name("compare/line", tests, NULL, NULL);
}
