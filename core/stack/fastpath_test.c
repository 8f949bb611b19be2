/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fast paths against the path. What they do must be what the path does, so three routers with one
 * configuration get the same traffic: one as it is, one that is watched, whose packets therefore
 * all go along the path, and one that gets its packets in bursts. After every packet results,
 * frames, events, log lines and digests (counters of rules are part of them) are compared.
 *
 * Whether a packet took one is seen at conntrack's first hook, where all packets of the path
 * come by and no other.
 */
#include "stack/fastpath_rig.h"

#include "ip/ip.h"
#include "iptables/iptables.h"

static void fp_rules(struct nfr_net *net, const char *rules)
{
	struct nfr_text text = nfr_text_string("rules", rules);
	struct nfr_diag diag = {0};

	if (nfr_iptables_load(net, NFR_IPV4, &text, false, &diag) < 0)
		fail_msg("%s in\n%s", diag.text, rules);
}

/* False: Linux would refuse it. */
static bool fp_ip(struct nfr_net *net, const char *line)
{
	struct nfr_text text = nfr_text_string("net", line);
	struct nfr_diag diag = {0};

	return nfr_ip_load(net, &text, &diag) == 0;
}

/* ---- rules ---- */

struct rules {
	const char *name, *text;
	bool fastpaths; /* packets take them */
};

#define FIRST "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n"

static const struct rules rulesets[] = {
	{"conntrack", "*filter\n-A FORWARD -m conntrack --ctstate INVALID\nCOMMIT\n", true},
	{"a firewall",
	 "*filter\n:FORWARD DROP [0:0]\n" FIRST
	 "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
	 "-A FORWARD -i eth0 -p tcp -m multiport --dports 80,443,8000 -j ACCEPT\n"
	 "-A FORWARD -p udp -m udp --dport 53 -j ACCEPT\nCOMMIT\n",
	 true},
	{"chains",
	 "*filter\n:FORWARD DROP [0:0]\n:tcp - [0:0]\n:web - [0:0]\n:last - [0:0]\n"
	 "-A FORWARD -p tcp -j tcp\n-A FORWARD -p tcp -m addrtype --dst-type UNICAST -j web\n"
	 "-A FORWARD -g last\n-A FORWARD -j DROP\n"
	 "-A tcp -p tcp -m tcp --dport 22 -j RETURN\n-A tcp -p tcp -m tcp --sport 22 -j RETURN\n"
	 "-A tcp -m state --state NEW,ESTABLISHED -j web\n"
	 "-A web -m iprange --src-range 10.0.1.10-10.0.1.12 -j RETURN\n-A web -m comment "
	 "--comment twice\n"
	 "-A last -m conntrack --ctstatus ASSURED -j ACCEPT\n-A last -i eth0 -j ACCEPT\nCOMMIT\n"
	 "*raw\n-A PREROUTING -d 10.0.2.0/24\nCOMMIT\n*security\n-A FORWARD\nCOMMIT\n",
	 true},
	{"drop one way",
	 "*filter\n" FIRST
	 "-A FORWARD -j ACCEPT\n-I FORWARD 1 -i eth1 -p tcp -m tcp --sport 443 -j "
	 "DROP\nCOMMIT\n",
	 true},
	{"snat",
	 "*nat\n-A POSTROUTING -o eth1 -p tcp -j SNAT --to-source "
	 "10.0.2.1-10.0.2.2:5000-5100\nCOMMIT\n"
	 "*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD -m conntrack --ctstate ESTABLISHED,SNAT\n"
	 "COMMIT\n",
	 true},
	{"dnat",
	 "*nat\n-A PREROUTING -d 198.51.100.9 -p tcp -j DNAT --to-destination "
	 "10.0.2.20-10.0.2.22:8000\n"
	 "-A PREROUTING -i eth1 -p udp -j DNAT --to-destination 10.0.1.10\nCOMMIT\n",
	 true},
	{"masquerade", "*nat\n-A POSTROUTING -o eth1 -j MASQUERADE\nCOMMIT\n", true},
	{"both",
	 "*nat\n-A PREROUTING -d 198.51.100.9 -j DNAT --to-destination 10.0.2.20\n"
	 "-A POSTROUTING -j MASQUERADE\nCOMMIT\n*filter\n:FORWARD DROP [0:0]\n" FIRST
	 "-A FORWARD -m conntrack --ctdir ORIGINAL --ctorigdst 198.51.100.9 -j ACCEPT\n"
	 "-A FORWARD -i eth0 -j ACCEPT\nCOMMIT\n",
	 true},
	{"some untracked",
	 "*raw\n-A PREROUTING -p tcp -m tcp --dport 80 -j NOTRACK\n"
	 "-A PREROUTING -p tcp -m tcp --sport 80 -j CT --notrack\n"
	 "-A PREROUTING -s 10.0.1.11 -j CT --zone 3\nCOMMIT\n"
	 "*filter\n-A FORWARD -m conntrack --ctstate UNTRACKED -j ACCEPT\nCOMMIT\n",
	 true},
	{"some limited",
	 "*filter\n-A FORWARD -p tcp -m tcp --dport 22 -m limit --limit 5/sec -j DROP\n"
	 "-A FORWARD -p tcp -m tcp --sport 443 -m statistic --mode nth --every 3 --packet 0 -j "
	 "DROP\n"
	 "-A FORWARD -m conntrack --ctstate ESTABLISHED\nCOMMIT\n",
	 true},
	{"by length", "*filter\n-A FORWARD -m length --length 0:60\n" FIRST "COMMIT\n", false},
	{"by flags",
	 "*filter\n-A FORWARD -p tcp --tcp-flags PSH PSH -j DROP\n"
	 "-A FORWARD -p udp -m length --length 0:40 -j DROP\n" FIRST "COMMIT\n",
	 false},
	{"by status",
	 "*filter\n-A FORWARD -m conntrack --ctstatus ASSURED\n"
	 "-A FORWARD -m conntrack ! --ctstatus ASSURED\n" FIRST "COMMIT\n",
	 true},
	{"by remaining time",
	 "*filter\n-A FORWARD -m conntrack --ctexpire 0:431995 -j DROP\n" FIRST "COMMIT\n", false},
	{"by header",
	 "*mangle\n-A FORWARD -m ttl --ttl-lt 5 -j DROP\n-A FORWARD -m tos --tos 0x10/0x3f -j "
	 "DROP\n"
	 "-A FORWARD -p tcp --tcp-option 8 -j DROP\nCOMMIT\n*filter\n" FIRST "COMMIT\n",
	 false},
	{"by link",
	 "*filter\n-A FORWARD -m mac --mac-source 02:00:00:00:01:fe -j DROP\n"
	 "-A FORWARD -m pkttype --pkt-type unicast\n" FIRST "COMMIT\n",
	 false},
	{"marks",
	 "*mangle\n-A PREROUTING -j CONNMARK --restore-mark\n"
	 "-A PREROUTING -m mark --mark 0x0 -m statistic --mode nth --every 4 --packet 0 -j MARK "
	 "--set-mark 0x5\n"
	 "-A POSTROUTING -j CONNMARK --save-mark\nCOMMIT\n"
	 "*filter\n-A FORWARD -m connmark --mark 0x5 -j DROP\nCOMMIT\n",
	 false},
	{"marks one way",
	 "*mangle\n-A PREROUTING -i eth1 -m length --length 40:60 -j CONNMARK --set-mark 0x5\n"
	 "-A PREROUTING -i eth1 -m length --length 61:80 -j CONNMARK --set-mark 0x6\nCOMMIT\n"
	 "*filter\n-A FORWARD -i eth1 -m length --length 45:70 -j DROP\nCOMMIT\n",
	 true},
	{"log",
	 "*filter\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j LOG --log-prefix "
	 "\"on: \"\nCOMMIT\n",
	 false},
	{"mss and trace",
	 "*mangle\n-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 536\nCOMMIT\n"
	 "*raw\n-A PREROUTING -p udp -j TRACE\n-A PREROUTING -i eth1 -p tcp -m length --length "
	 "44:60 -j TRACE\nCOMMIT\n"
	 "*filter\n" FIRST "COMMIT\n",
	 false},
	{"reject",
	 "*filter\n-A FORWARD -p tcp -m length --length 90 -j REJECT --reject-with "
	 "tcp-reset\n-A FORWARD -m length --length 91 -j REJECT\n" FIRST "COMMIT\n",
	 false},
	{"queue",
	 "*filter\n-A FORWARD -m length --length 100:110 -j NFQUEUE --queue-num 2\n" FIRST
	 "COMMIT\n*raw\n-A PREROUTING -m length --length 80:84 -j NFQUEUE --queue-bypass\nCOMMIT\n",
	 false},
};

#define N_RULESETS (sizeof(rulesets) / sizeof(rulesets[0]))

/* ---- changes ---- */

static const char *const changes4[] = {
	"route add 198.51.100.0/24 via 10.0.2.3\n",
	"route del 198.51.100.0/24\n",
	"route add unreachable 198.51.100.9\n",
	"route del unreachable 198.51.100.9\n",
	"route add 10.0.2.20 dev eth2\n",
	"route del 10.0.2.20 dev eth2\n",
	"route add 10.0.2.21 via 10.0.2.5 mtu 700\n",
	"route del 10.0.2.21\n",
	"route add 198.51.100.9 dev lo\n",
	"route del 198.51.100.9 dev lo\n",
	"rule add from 10.0.1.11 lookup 100\n",
	"rule del from 10.0.1.11 lookup 100\n",
	"addr add 10.0.2.1/24 dev eth1\n",
	"addr del 10.0.2.1/24 dev eth1\n",
	"addr add 10.0.2.21/32 dev eth2\n",
	"addr del 10.0.2.21/32 dev eth2\n",
	"link set eth1 down\n",
	"link set eth1 up\n",
	"link set eth1 mtu 1500\n",
	"link set eth1 mtu 900\n",
	"neigh replace 10.0.2.20 lladdr 02:00:00:00:77:07 dev eth1\n",
	"neigh replace 10.0.2.2 lladdr 02:00:00:00:77:08 dev eth1\n",
	"route add 224.0.0.0/4 dev eth1\nroute add 10.0.2.22 via 224.0.0.5\n",
	"route del 10.0.2.22\nroute del 224.0.0.0/4\n",
};

static const struct {
	const char *name;
	int32_t value;
} sysctls[] = {
	{"net.ipv4.ip_forward", 0},
	{"net.ipv4.ip_forward", 1},
	{"net.ipv4.conf.all.rp_filter", 1},
	{"net.ipv4.conf.all.rp_filter", 0},
	{"net.ipv4.conf.eth0.forwarding", 0},
	{"net.ipv4.conf.eth0.forwarding", 1},
	{"net.netfilter.nf_conntrack_checksum", 0},
	{"net.netfilter.nf_conntrack_checksum", 1},
	{"net.netfilter.nf_conntrack_tcp_be_liberal", 1},
	{"net.netfilter.nf_conntrack_tcp_be_liberal", 0},
	{"net.netfilter.nf_conntrack_acct", 1},
	{"net.netfilter.nf_conntrack_acct", 0},
	{"net.netfilter.nf_conntrack_events", 0},
	{"net.netfilter.nf_conntrack_events", 1},
	{"net.netfilter.nf_conntrack_tcp_timeout_established", 30},
	{"net.netfilter.nf_conntrack_tcp_timeout_established", 432000},
	{"net.netfilter.nf_conntrack_tcp_loose", 0},
	{"net.netfilter.nf_conntrack_max", 6},
	{"net.netfilter.nf_conntrack_max", 1000},
};

#define N_CHANGES (sizeof(changes4) / sizeof(changes4[0]))
#define N_SYSCTLS (sizeof(sysctls) / sizeof(sysctls[0]))

/* A caller's hook: looks at the packet's identification. */
static unsigned callers_hook(void *priv, struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	(void)priv, (void)state;
	return pkt->data[5] % 4 == 0 ? NFR_DROP : NFR_ACCEPT;
}

#define N_HOOKS (NFR_INET_NUMHOOKS * 6)

static struct nfr_hook_ops callers_ops(uint32_t n)
{
	static const int32_t priority[] = {INT32_MIN, -250, -150, 0, 50, INT32_MAX};

	return (struct nfr_hook_ops){.hook = callers_hook,
				     .family = NFR_IPV4,
				     .hooknum = (uint8_t)(n % NFR_INET_NUMHOOKS),
				     .priority = priority[n / NFR_INET_NUMHOOKS % 6]};
}

static void change_hook(struct nfr_net *net, uint32_t n)
{
	struct nfr_hook_ops ops = callers_ops(n);

	if (nfr_hook_unregister(net, &ops) != NFR_OK)
		nfr_hook_register(net, &ops);
}

/* So that packets come through again, whatever was changed before. */
static void mend(struct nfr_net *net)
{
	static const unsigned lines[] = {3, 9, 11, 12, 15, 17, 18, 21};
	static const unsigned values[] = {1, 3, 5, 7, 9, 11, 15, 18};

	for (unsigned i = 0; i < 8; i++) {
		fp_ip(net, changes4[lines[i]]);
		nfr_sysctl_set(net, sysctls[values[i]].name, sysctls[values[i]].value);
	}
	for (uint32_t n = 0; n < N_HOOKS; n++) {
		struct nfr_hook_ops ops = callers_ops(n);

		nfr_hook_unregister(net, &ops);
	}
	fp_ip(net, "route add default via 10.0.2.2\n");
	nfr_conntrack_use(net, NFR_IPV4, true);
}

/* The n-th of all changes; some of them fail, on all routers alike. */
static void change(struct twin *t, uint32_t n)
{
	uint32_t what = n % 8, which = n / 512;

	for (unsigned i = 0; i < N_ROUTERS; i++) {
		struct nfr_net *net = t->router[i].net;

		if (n >> 8 & 1)
			mend(net);
		else if (what < 3)
			fp_ip(net, changes4[which % N_CHANGES]);
		else if (what < 5)
			nfr_sysctl_set(net, sysctls[which % N_SYSCTLS].name,
				       sysctls[which % N_SYSCTLS].value);
		else if (what == 5)
			change_hook(net, which);
		else if (what == 6 && which % 4 == 0)
			nfr_ct_flush(net, t->now);
		else if (what == 6)
			nfr_conntrack_use(net, NFR_IPV4, which % 3 != 0);
		else if (t->mixed)
			fp_rules(net, rulesets[which % N_RULESETS].text);
		else
			fp_rules(net, t->rules);
	}
}

/* ---- the twin test ---- */

static struct twin *twin_new(const char *name, const char *rules, uint64_t seed)
{
	struct twin *t = calloc(1, sizeof(*t));

	t->name = name;
	t->rules = rules;
	t->seed = seed;
	t->now = RIG_SECOND;
	nfr_rng_init(&t->rng, seed, NFR_RNG_STATISTIC);
	for (unsigned i = 0; i < N_ROUTERS; i++) {
		fp_router_new(&t->router[i], i == WATCHED, (uint8_t)(i * 0x5a), 40);
		assert_true(fp_ip(t->router[i].net, "link set eth1 mtu 1280\n"
						    "route add default via 10.0.2.2\n"));
		fp_rules(t->router[i].net, rules);
	}
	memcpy(t->flow, fp_flows, sizeof(t->flow));
	for (unsigned i = 0; i < N_FLOWS; i++)
		flow_reopen(&t->flow[i], &t->rng);
	return t;
}

static void run_twin(struct twin *t, unsigned n_steps, unsigned change_every)
{
	for (unsigned i = 0; i < n_steps; i++) {
		if (nfr_rng_below(&t->rng, change_every) == 0) {
			twin_flush(t);
			change(t, nfr_rng_below(&t->rng, UINT32_MAX));
			twin_compare(t);
		} else {
			twin_step(t);
		}
	}
	twin_flush(t);
	twin_compare(t);
}

static void test_rulesets(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N_RULESETS; i++)
		for (uint64_t seed = 1; seed <= 2; seed++) {
			struct twin *t = twin_new(rulesets[i].name, rulesets[i].text, seed);

			run_twin(t, 800, UINT32_MAX);
			if (rulesets[i].fastpaths ? t->n_taken < 60 : t->n_taken != 0)
				fail_msg("%s: %u packets took a fast path", t->name, t->n_taken);
			run_twin(t, 700, 50);
			twin_free(t);
		}
}

static void test_changing_rules(void **state)
{
	unsigned n_taken = 0;

	(void)state;
	for (uint64_t seed = 100; seed < 112; seed++) {
		struct twin *t = twin_new("changing rules", rulesets[seed % N_RULESETS].text, seed);

		t->mixed = true;
		run_twin(t, 2000, 40);
		n_taken += t->n_taken;
		twin_free(t);
	}
	assert_true(n_taken > 1000);
}

/* ---- one router with one connection ---- */

struct lab {
	struct fp_router r;
	struct fp_flow flow;
	uint64_t now;
};

static struct nfr_result lab_send(struct lab *lab, unsigned dir, uint8_t flags, uint32_t n,
				  bool *took)
{
	struct fp_flow *f = &lab->flow;
	struct fp_seg s = {
		.flags = flags, .seq = f->seq[dir], .ack = f->seq[!dir], .win = 8000, .n = n};
	struct rig_pkt p = flow_pkt(f, dir, &s);
	uint16_t iif = dir ? f->back : f->iif;
	struct nfr_frame frame = fp_frame(&p, iif);

	f->seq[dir] += n + (flags & SYN ? 1 : 0);
	return fp_receive(lab->r.net, lab->now, iif, &frame, took);
}

/* Data; whether it took a fast path. */
static bool takes(struct lab *lab, unsigned dir)
{
	bool took;

	rig_expect("data", lab_send(lab, dir, ACK | PSH, 10, &took), NFR_REASON_FORWARDED);
	return took;
}

static void lab_handshake(struct lab *lab, unsigned flow)
{
	bool took;

	lab->flow = fp_flows[flow];
	memcpy(lab->flow.far_addr, lab->flow.addr, sizeof(lab->flow.addr));
	memcpy(lab->flow.far_port, lab->flow.port, sizeof(lab->flow.port));
	lab_send(lab, 0, SYN, 0, &took);
	flow_far(&lab->flow, lab->r.last);
	lab_send(lab, 1, SYN | ACK, 0, &took);
	lab_send(lab, 0, ACK, 0, &took);
}

static struct lab *lab_new(const char *rules, uint32_t max_fastpath)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	lab->now = RIG_SECOND;
	fp_router_new(&lab->r, false, 0xa5, max_fastpath);
	fp_rules(lab->r.net, rules);
	lab_handshake(lab, 1);
	return lab;
}

static void lab_free(struct lab *lab)
{
	rig_free(lab->r.rig);
	free(lab);
}

static void lab_learn(struct lab *lab)
{
	for (unsigned dir = 0; dir < 2; dir++)
		assert_false(takes(lab, dir));
	for (unsigned dir = 0; dir < 2; dir++)
		assert_true(takes(lab, dir));
}

#define COUNTING "*filter\n-A FORWARD -i eth0\nCOMMIT\n"
#define DROPPING "*filter\n:FORWARD DROP [0:0]\nCOMMIT\n"

static void test_learnt(void **state)
{
	struct lab *lab = lab_new(COUNTING, 8);
	bool took;

	(void)state;
	assert_int_equal(nfr_pool_used(lab->r.net, NFR_POOL_fastpath), 0);
	lab_learn(lab);
	/* one of the first direction alone, and one of both */
	assert_int_equal(nfr_pool_used(lab->r.net, NFR_POOL_fastpath), 2);
	lab_handshake(lab, 5); /* the other way round: eth1 to eth0 */
	lab_learn(lab);
	lab_handshake(lab, 0); /* as the first: nothing is added for it */
	lab_learn(lab);
	assert_int_equal(nfr_pool_used(lab->r.net, NFR_POOL_fastpath), 4);
	lab_send(lab, 0, FIN | ACK, 0, &took);
	assert_false(took);
	lab_free(lab);
}

/* What comes from a link without header needs a buffer to leave with one. */
static void test_from_tun(void **state)
{
	struct lab *lab = lab_new(COUNTING, 8);

	(void)state;
	lab_handshake(lab, 6);
	lab_learn(lab);
	lab_free(lab);
}

/* The first fragment of a segment, as right as a segment can be: it waits for the rest. */
static void test_first_fragment(void **state)
{
	struct lab *lab = lab_new(COUNTING, 8);
	struct fp_seg s = {.flags = ACK, .win = 8000, .n = 16};
	struct rig_pkt p;

	(void)state;
	lab_learn(lab);
	s.seq = lab->flow.seq[0];
	s.ack = lab->flow.seq[1];
	p = flow_pkt(&lab->flow, 0, &s);
	rig_ip_of(&p)[6] = 0x20;
	rig_check4(rig_ip_of(&p));
	rig_expect("a fragment", rig_receive(lab->r.rig, 1, p), NFR_REASON_QUEUED_FRAGMENT);
	lab_free(lab);
}

/* What a packet that was dropped has changed is told with the next one. */
static void test_event_waits(void **state)
{
	struct lab *lab =
		lab_new("*mangle\n-A PREROUTING -i eth1 -j CONNMARK --set-mark 0x5\nCOMMIT\n"
			"*filter\n-A FORWARD -i eth1 -j DROP\nCOMMIT\n",
			8);
	unsigned n_out, n_xmit;
	bool took;

	(void)state;
	assert_false(takes(lab, 0));
	n_out = lab->r.n_out;
	assert_true(takes(lab, 0));
	n_xmit = lab->r.n_out - n_out;
	nfr_ct_at(&lab->r.net->ct, 1)->mark = 0; /* the handshake has marked it */
	rig_expect("an answer", lab_send(lab, 1, ACK, 10, &took), NFR_REASON_RULE_DROP);
	n_out = lab->r.n_out;
	assert_false(takes(lab, 0));
	assert_int_equal(lab->r.n_out - n_out, n_xmit + 1);
	assert_true(takes(lab, 0));
	lab_free(lab);
}

/* ---- forgetting ---- */

static void hook_register(struct nfr_net *net)
{
	struct nfr_hook_ops ops = callers_ops(NFR_INET_LOCAL_IN);

	assert_int_equal(nfr_hook_register(net, &ops), NFR_OK);
}

static void hook_register_forward(struct nfr_net *net)
{
	struct nfr_hook_ops ops = callers_ops(NFR_INET_FORWARD);

	assert_int_equal(nfr_hook_register(net, &ops), NFR_OK);
}

static void hook_come_and_go(struct nfr_net *net)
{
	struct nfr_hook_ops ops = callers_ops(NFR_INET_FORWARD);

	hook_register_forward(net);
	net->fastpaths.settings = net->env.settings; /* as if a packet had come in between */
	assert_int_equal(nfr_hook_unregister(net, &ops), NFR_OK);
}

static void conntrack_off_and_on(struct nfr_net *net)
{
	assert_int_equal(nfr_conntrack_use(net, NFR_IPV4, false), NFR_OK);
	assert_int_equal(nfr_conntrack_use(net, NFR_IPV4, true), NFR_OK);
}

static void unload(struct nfr_net *net)
{
	nfr_xt_unload(net, NFR_IPV4, NFR_XT_FILTER);
}

static void set_sysctl(struct nfr_net *net)
{
	assert_int_equal(nfr_sysctl_set(net, "net.netfilter.nf_conntrack_checksum", 0), NFR_OK);
}

static void load_again(struct nfr_net *net)
{
	fp_rules(net, COUNTING);
}

/* Everything that changes how packets fare. */
static const struct {
	const char *name;
	const char *ip; /* a line for `ip`, or */
	void (*fn)(struct nfr_net *net);
	bool no_more; /* there are none afterwards */
} controls[] = {
	{"a link", "link set eth0 mtu 1400\n", NULL, false},
	{"another link", "link set eth2 down\n", NULL, false},
	{"an address", "addr add 10.0.9.1/24 dev eth2\n", NULL, false},
	{"an address less", "addr del 10.0.4.1/24 dev eth2\n", NULL, false},
	{"a route", "route add 10.8.0.0/16 via 10.0.2.9\n", NULL, false},
	{"a multicast next hop",
	 "route add 224.0.0.0/4 dev eth1\nroute add 10.0.2.21 via 224.0.0.5\n", NULL, true},
	{"a route less", "route del 10.0.4.0/24 dev eth2\n", NULL, false},
	{"a policy rule", "rule add from 10.9.9.9 lookup 100\n", NULL, true},
	{"a policy rule less", "rule del from all lookup default\n", NULL, true},
	{"a neighbour", "neigh replace 10.0.2.21 lladdr 02:00:00:00:77:07 dev eth1\n", NULL, false},
	{"a sysctl", NULL, set_sysctl, false},
	{"a hook", NULL, hook_register, false},
	{"a hook on the way", NULL, hook_register_forward, true},
	{"a hook less", NULL, hook_come_and_go, false},
	{"conntrack", NULL, conntrack_off_and_on, false},
	{"rules", NULL, load_again, false},
	{"no rules", NULL, unload, false},
};

static void test_forgotten(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		struct lab *lab = lab_new(COUNTING, 8);
		struct nfr_net *net = lab->r.net;

		lab_learn(lab);
		if (controls[i].ip)
			assert_true(fp_ip(net, controls[i].ip));
		else
			controls[i].fn(net);
		if (net->fastpaths.settings == net->env.settings)
			fail_msg("%s: fast paths stay", controls[i].name);
		if (takes(lab, 0))
			fail_msg("%s: a fast path from before is taken", controls[i].name);
		if (takes(lab, 0) == controls[i].no_more)
			fail_msg("%s: a fast path is taken, or none", controls[i].name);
		lab_free(lab);
	}
}

/* A connection whose fast path is not there any more, under a tag that is used again. */
static void test_tags_come_round(void **state)
{
	struct lab *lab = lab_new(COUNTING, 8);
	struct nfr_fastpaths *fastpaths = &lab->r.net->fastpaths;
	bool took;

	(void)state;
	fastpaths->tag = NFR_FASTPATH_TAG_MAX;
	nfr_env_changed(&lab->r.net->env);
	lab_learn(lab);
	assert_int_equal(fastpaths->tag, 1);
	fp_rules(lab->r.net, DROPPING);
	fastpaths->tag = NFR_FASTPATH_TAG_MAX;
	rig_expect("the first", lab_send(lab, 0, ACK, 9, &took), NFR_REASON_POLICY_DROP);
	assert_int_equal(fastpaths->tag, 1);
	for (unsigned dir = 0; dir < 2; dir++)
		rig_expect("later", lab_send(lab, dir, ACK, 9, &took), NFR_REASON_POLICY_DROP);
	lab_free(lab);
}

static void test_snapshot(void **state)
{
	struct lab *lab = lab_new(COUNTING, 8);
	void *before = malloc(nfr_snapshot_size(lab->r.net));
	void *learnt = malloc(nfr_snapshot_size(lab->r.net));
	struct fp_flow flow = lab->flow;
	uint64_t digest;
	bool took;

	(void)state;
	nfr_snapshot(lab->r.net, before);
	lab_learn(lab);
	digest = nfr_digest(lab->r.net);
	nfr_snapshot(lab->r.net, learnt);
	fp_rules(lab->r.net, DROPPING);
	rig_expect("data", lab_send(lab, 0, ACK, 10, &took), NFR_REASON_POLICY_DROP);
	nfr_restore(lab->r.net, before);
	lab->flow = flow;
	lab_learn(lab);
	assert_true(nfr_digest(lab->r.net) == digest);
	flow = lab->flow;
	fp_rules(lab->r.net, DROPPING);
	rig_expect("data", lab_send(lab, 0, ACK, 10, &took), NFR_REASON_POLICY_DROP);
	nfr_restore(lab->r.net, learnt);
	lab->flow = flow;
	assert_true(takes(lab, 0));
	free(before);
	free(learnt);
	lab_free(lab);
}

/* ---- limits ---- */

static void test_pool_is_empty(void **state)
{
	struct lab *lab = lab_new(COUNTING, 1);

	(void)state;
	assert_false(takes(lab, 0));
	assert_true(takes(lab, 0));
	for (unsigned i = 0; i < 3; i++) /* no room for the fast path of both directions */
		assert_false(takes(lab, 1));
	assert_false(takes(lab, 0));
	nfr_env_changed(&lab->r.net->env);
	assert_false(takes(lab, 1));
	assert_true(takes(lab, 1));
	nfr_env_changed(&lab->r.net->env);
	nfr_fault_set(lab->r.net, NFR_POOL_fastpath, 1, false);
	for (unsigned i = 0; i < 3; i++)
		assert_false(takes(lab, 1));
	lab_free(lab);
}

/* As many counters as a fast path has room for, and one more. */
static void test_many_counters(void **state)
{
	char text[1024];

	(void)state;
	for (unsigned n = NFR_LEARN_MAX; n <= NFR_LEARN_MAX + 1; n++) {
		struct lab *lab;
		int len = sprintf(text, "*filter\n");

		for (unsigned i = 1; i < n; i++) /* the policy counts, too */
			len += sprintf(text + len, "-A FORWARD -m comment --comment %u\n", i);
		sprintf(text + len, "COMMIT\n");
		lab = lab_new(text, 8);
		assert_false(takes(lab, 0));
		assert_int_equal(takes(lab, 0), n <= NFR_LEARN_MAX);
		lab_free(lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learnt),	       cmocka_unit_test(test_from_tun),
		cmocka_unit_test(test_first_fragment), cmocka_unit_test(test_event_waits),
		cmocka_unit_test(test_forgotten),      cmocka_unit_test(test_tags_come_round),
		cmocka_unit_test(test_snapshot),       cmocka_unit_test(test_pool_is_empty),
		cmocka_unit_test(test_many_counters),  cmocka_unit_test(test_rulesets),
		cmocka_unit_test(test_changing_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
