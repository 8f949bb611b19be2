/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A compiled ruleset against the linear walk. Two routers get the same rules, in chains long
 * enough to be indexed; in one of them the indices are taken away, so that every rule is looked at
 * in order. The same packets then get the same verdicts, and count at the same rules.
 *
 * Input: family, number of rules, 10 bytes a rule, then packets: 7 bytes of choices each
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"
#include "lib/flows.h"
#include "lib/steps.h"
#include "lib/sums.h"
#include "stack/net.h"
#include "xt/table.h"

#define MIN_RULES 36 /* a chain that long is indexed */
#define MAX_RULES 120
#define MAX_PACKETS 32
#define TEXT_MAX 16384

const enum fuzz_format fuzz_format = FUZZ_FORMAT_BYTES;

struct text {
	char p[TEXT_MAX];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(t->p + t->len, sizeof(t->p) - t->len, fmt, args);
	va_end(args);
	if (n > 0 && (size_t)n < sizeof(t->p) - t->len)
		t->len += (size_t)n;
}

/* ---- rules ---- */

static void add_addr(struct text *t, bool six, const char *option, uint8_t v)
{
	static const uint8_t lens[] = {0, 8, 16, 23, 24, 25, 31, 32};
	unsigned len = lens[v & 7];

	if (len == 0)
		return;
	if (six)
		add(t, " %s%s fd00:%u::%u/%u", v & 0x80 ? "! " : "", option, 1 + (v >> 3 & 3),
		    v >> 5 & 3, 4 * len);
	else
		add(t, " %s%s 10.0.%u.%u/%u", v & 0x80 ? "! " : "", option, v >> 3 & 3, v >> 5 & 3,
		    len);
}

static void add_ports(struct text *t, uint8_t proto, uint8_t which, uint8_t port)
{
	static const uint16_t ports[] = {0, 21, 53, 80, 5353, 40000, 40004, 65535};
	uint16_t a = ports[port & 7], b = ports[port >> 3 & 7];

	if (proto != 1 && proto != 2)
		return;
	add(t, " -m %s", proto == 1 ? "tcp" : "udp");
	if (which & 1)
		add(t, "%s --sport %u:%u", port & 0x40 ? " !" : "", a < b ? a : b, a < b ? b : a);
	if (which & 2)
		add(t, "%s --dport %u:%u", port & 0x80 ? " !" : "", a < b ? a : b, a < b ? b : a);
	if (proto == 1 && which & 4)
		add(t, " --tcp-flags SYN,ACK,FIN %s", which & 8 ? "SYN" : "ACK");
}

static void add_rule(struct text *t, struct fuzz_in *in, bool six, const char *chain, bool last)
{
	static const char *const protos[] = {"", "tcp", "udp", "icmp", "17", "0", "58", "132"};
	static const char *const names[] = {"", "eth0", "eth+", "eth1", "tun0", "e+", "eth01", "+"};
	static const char *const targets[] = {"", "", "-j ACCEPT", "-j DROP", "-j RETURN", "-j user",
					      "-g user", "-j MARK --set-xmark 0x5/0xff"};
	uint8_t b[10] = {0};
	uint8_t proto, target;

	fuzz_bytes(in, b, sizeof(b));
	proto = b[0] & 7;
	target = b[1] & 7;
	if (last && (target == 5 || target == 6))
		target = 7; /* user itself jumps nowhere */
	add(t, "-A %s", chain);
	add_addr(t, six, "-s", b[2]);
	add_addr(t, six, "-d", b[3]);
	if (names[b[4] & 7][0])
		add(t, " %s-i %s", b[4] & 0x80 ? "! " : "", names[b[4] & 7]);
	if (names[b[5] & 7][0])
		add(t, " %s-o %s", b[5] & 0x80 ? "! " : "", names[b[5] & 7]);
	if (b[6] & 1)
		add(t, " -m %s", b[6] & 2 ? "limit --limit 1/sec --limit-burst 3" : "mark --mark 5");
	if (protos[proto][0]) {
		add(t, " %s-p %s", b[0] & 0x80 && proto != 5 && proto != 1 && proto != 2 ? "! " : "",
		    protos[proto]);
		add_ports(t, proto, b[7], b[8]);
	}
	add(t, " %s\n", targets[target]);
}

static void make_rules(struct fuzz_in *in, bool six, struct text *t)
{
	unsigned n = fuzz_u8(in) % (MAX_RULES - MIN_RULES) + MIN_RULES;

	t->len = 0;
	add(t, "*mangle\n:user -\n");
	for (unsigned i = 0; i < n && t->len < sizeof(t->p) - 512; i++)
		add_rule(t, in, six, i % 3 ? "FORWARD" : "user", i % 3 == 0);
	add(t, "COMMIT\n");
}

/* ---- the slow twin ---- */

static unsigned drop_indices(struct nfr_net *net, uint8_t family)
{
	unsigned n = 0;

	for (unsigned id = 0; id < NFR_XT_TABLE_MAX; id++) {
		struct nfr_xt_table *table = nfr_xt_table_of(&net->xt, family, (enum nfr_xt_table_id)id);
		const uint32_t *order;

		if (!table->loaded)
			continue;
		order = nfr_xt_at(table, table->order);
		for (uint32_t i = 0; i < table->n_chains; i++) {
			n += nfr_xt_chain_at(table, order[i])->index != 0;
			nfr_xt_chain_at(table, order[i])->index = 0;
		}
	}
	return n;
}

static void send(struct fuzz_router *fast, struct fuzz_router *slow, struct fuzz_in *in,
		 struct fuzz_flows *flows)
{
	uint8_t arg[7] = {0}, frame[FUZZ_FRAME_MAX];
	struct fuzz_choice choice;
	struct nfr_result a, b;
	unsigned iface;
	size_t len;

	fuzz_bytes(in, arg, sizeof(arg));
	fuzz_choice_of(&choice, arg);
	len = fuzz_flow_packet(flows, &choice, frame, &iface);
	a = fuzz_receive(fast, iface, frame, len);
	b = fuzz_receive(slow, iface, frame, len);
	fuzz_must(a.reason == b.reason && a.verdict == b.verdict && a.oif == b.oif,
		  "the index and the linear walk differ in their verdict");
	fuzz_must(nfr_xtnet_digest(&fast->net->xt) == nfr_xtnet_digest(&slow->net->xt),
		  "the index and the linear walk count at different rules");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	bool six = fuzz_u8(&in) & 1;
	struct fuzz_router *fast = fuzz_router_get(0, 0), *slow = fuzz_router_get(0, 0xa5);
	unsigned kind = six ? FUZZ_TEXT_RULES6 : FUZZ_TEXT_RULES4;
	struct fuzz_flows flows = {0};
	static struct text text;

	fuzz_router_reset(fast);
	fuzz_router_reset(slow);
	make_rules(&in, six, &text);
	if (!fuzz_router_text(fast, kind, (const uint8_t *)text.p, text.len) ||
	    !fuzz_router_text(slow, kind, (const uint8_t *)text.p, text.len))
		return 0;
	if (!drop_indices(slow->net, six ? NFR_IPV6 : NFR_IPV4))
		return 0;
	for (unsigned i = 0; i < MAX_PACKETS && in.left; i++)
		send(fast, slow, &in, &flows);
	fuzz_router_check(fast);
	return 0;
}
