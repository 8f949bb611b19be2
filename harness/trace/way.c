/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace/way.h"

#include "iptables/iptables.h"
#include "log/log.h"
#include "packet/dissect.h"

#include <arpa/inet.h>
#include <stdlib.h>

const char *nfr_way_ctstate(uint8_t ctstate)
{
	static const char *const name[] = {NULL,	  "INVALID", "ESTABLISHED",
					   "RELATED", "NEW",     "UNTRACKED"};

	return ctstate < 6 ? name[ctstate] : NULL;
}

const char *nfr_way_verdict(unsigned verdict)
{
	static const char *const name[] = {"DROP", "ACCEPT", "STOLEN", "QUEUE", "REPEAT"};

	if (verdict == NFR_XT_CONTINUE)
		return "CONTINUE";
	if (verdict == NFR_XT_RETURN)
		return "RETURN";
	return (verdict & NFR_VERDICT_MASK) < 5 ? name[verdict & NFR_VERDICT_MASK] : "?";
}

const char *nfr_way_hook(uint8_t hook)
{
	static const char *const name[] = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
					   "POSTROUTING"};

	return hook < NFR_INET_NUMHOOKS ? name[hook] : "";
}

const char *nfr_way_tcp_state(uint8_t tcp_state)
{
	static const char *const name[] = {"NONE",	"SYN_SENT",   "SYN_RECV", "ESTABLISHED",
					   "FIN_WAIT",	"CLOSE_WAIT", "LAST_ACK", "TIME_WAIT",
					   "CLOSE",	"SYN_SENT2"};

	return tcp_state < NFR_TCP_MAX ? name[tcp_state] : "?";
}

void nfr_way_begin(struct nfr_way *way, const struct nfr_run *run, bool from_inside)
{
	size_t i;

	for (i = 0; i < way->n; i++)
		free(way->step[i].text);
	way->n = 0;
	way->run = run;
	way->from_inside = from_inside;
}

void nfr_way_free(struct nfr_way *way)
{
	nfr_way_begin(way, NULL, false);
	free(way->step);
	memset(way, 0, sizeof(*way));
}

static struct nfr_way_step *add(struct nfr_way *way, enum nfr_way_kind kind,
				const struct nfr_pkt *pkt)
{
	struct nfr_way_step *step;

	if (way->n == way->room) {
		way->room = way->room ? way->room * 2 : 64;
		way->step = realloc(way->step, way->room * sizeof(*way->step));
		if (!way->step)
			abort();
	}
	step = &way->step[way->n++];
	memset(step, 0, sizeof(*step));
	step->kind = (uint8_t)kind;
	step->hook = NFR_INET_NUMHOOKS;
	step->made_here = !way->from_inside && pkt->flags & NFR_PKT_LOCAL;
	return step;
}

/* ---- rules ---- */

static int find_table(const char *name)
{
	int table;

	for (table = 0; table < NFR_XT_TABLE_MAX; table++)
		if (!strcmp(nfr_xt_table_name((enum nfr_xt_table_id)table), name))
			return table;
	return -1;
}

static bool find_rule(const struct nfr_net *net, uint8_t family, const struct nfr_trace_rule *at,
		      struct nfr_xt_rule *rule)
{
	struct nfr_xt_chain_info info;
	int table = find_table(at->table);
	uint32_t chain;

	for (chain = 0; table >= 0; chain++) {
		if (nfr_xt_get_chain(net, family, (enum nfr_xt_table_id)table, chain, &info) != NFR_OK)
			return false;
		if (!strcmp(info.name, at->chain))
			break;
	}
	return table >= 0 && at->num > 0 &&
	       nfr_xt_get_rule(net, family, (enum nfr_xt_table_id)table, chain, at->num - 1,
			       rule) == NFR_OK;
}

/* The rule as iptables-save prints it, or NULL for a policy. */
static char *rule_text(const struct nfr_net *net, uint8_t family, const struct nfr_trace_rule *at)
{
	struct nfr_xt_rule *rule = malloc(sizeof(*rule));
	char *text = NULL;
	size_t len;
	FILE *to;

	if (rule && !strcmp(at->type, "rule") && find_rule(net, family, at, rule)) {
		to = open_memstream(&text, &len);
		if (to) {
			nfr_iptables_print_rule(to, family, at->chain, rule);
			fclose(to);
		}
	}
	free(rule);
	return text;
}

static void trace_rule(struct nfr_way *way, const struct nfr_trace *trace)
{
	const struct nfr_trace_rule *rule = &trace->rule;
	struct nfr_way_step *step = add(way, NFR_WAY_RULE, trace->pkt);

	step->table = rule->table;
	step->type = rule->type;
	step->num = rule->num;
	step->verdict = rule->verdict;
	snprintf(step->chain, sizeof(step->chain), "%s", rule->chain);
	snprintf(step->target, sizeof(step->target), "%s", rule->target ? rule->target : "");
	step->text = rule_text(way->run->net, trace->state->family, rule);
}

/* ---- connections ---- */

static const char *ct_state(const struct nfr_pkt *pkt)
{
	if (pkt->flags & NFR_PKT_INVALID)
		return "INVALID";
	switch (pkt->ctinfo) {
	case NFR_CT_ESTABLISHED:
	case NFR_CT_ESTABLISHED_REPLY:
		return pkt->ct_idx ? "ESTABLISHED" : "INVALID";
	case NFR_CT_RELATED:
	case NFR_CT_RELATED_REPLY:
		return "RELATED";
	case NFR_CT_NEW:
		return "NEW";
	default:
		return "UNTRACKED";
	}
}

static void trace_ct(struct nfr_way *way, const struct nfr_trace *trace)
{
	struct nfr_way_step *step = add(way, NFR_WAY_CT, trace->pkt);

	step->state = ct_state(trace->pkt);
	step->reply = trace->pkt->ct_idx && nfr_ctinfo_dir(trace->pkt->ctinfo);
	step->before = trace->state_before;
	step->after = trace->state_after;
	if (trace->note)
		step->text = strdup(trace->note);
}

static void put_end(FILE *to, const struct nfr_tuple *tuple, bool dst)
{
	const union nfr_addr *addr = dst ? &tuple->dst : &tuple->src;
	bool six = tuple->l3num == NFR_IPV6, icmp;
	char text[INET6_ADDRSTRLEN];

	icmp = tuple->protonum == NFR_IPPROTO_ICMP || tuple->protonum == NFR_IPPROTO_ICMPV6;
	inet_ntop(six ? AF_INET6 : AF_INET, addr->b, text, sizeof(text));
	if (icmp)
		fprintf(to, "%s id %u", text, nfr_ntohs(tuple->src_l4));
	else
		fprintf(to, six ? "[%s]:%u" : "%s:%u", text,
			nfr_ntohs(dst ? tuple->dst_l4 : tuple->src_l4));
}

static bool same_end(const struct nfr_tuple *a, bool a_dst, const struct nfr_tuple *b, bool b_dst)
{
	bool icmp = a->protonum == NFR_IPPROTO_ICMP || a->protonum == NFR_IPPROTO_ICMPV6;
	nfr_be16 a_port = a_dst && !icmp ? a->dst_l4 : a->src_l4;
	nfr_be16 b_port = b_dst && !icmp ? b->dst_l4 : b->src_l4;

	return nfr_addr_eq(a_dst ? &a->dst : &a->src, b_dst ? &b->dst : &b->src) &&
	       nfr_be16_eq(a_port, b_port);
}

/* Where the reply tuple is not the mirror of the original one, something is translated. */
static char *nat_text(const struct nfr_ct_view *ct)
{
	const struct nfr_tuple *orig = &ct->tuple[NFR_CT_DIR_ORIGINAL];
	const struct nfr_tuple *reply = &ct->tuple[NFR_CT_DIR_REPLY];
	bool src = !same_end(orig, false, reply, true), dst = !same_end(orig, true, reply, false);
	char *text = NULL;
	size_t len;
	FILE *to;

	if (!src && !dst)
		return NULL;
	to = open_memstream(&text, &len);
	if (!to)
		abort();
	if (src) {
		fputs("source ", to);
		put_end(to, orig, false);
		fputs(" becomes ", to);
		put_end(to, reply, true);
	}
	if (dst) {
		fputs(src ? ", destination " : "destination ", to);
		put_end(to, orig, true);
		fputs(" becomes ", to);
		put_end(to, reply, false);
	}
	fclose(to);
	return text;
}

static void trace_route(struct nfr_way *way, const struct nfr_trace *trace)
{
	const struct nfr_dst *dst = &trace->pkt->dst;
	struct nfr_way_step *step = add(way, NFR_WAY_ROUTE, trace->pkt);
	static const char *const type[] = {"",		"through",     "local",	   "broadcast",
					   "anycast",	"multicast",   "blackhole", "unreachable",
					   "prohibit", "throw"};
	char addr[INET6_ADDRSTRLEN];

	step->type = dst->type < 10 ? type[dst->type] : "";
	if (dst->type != NFR_RTN_UNICAST || !dst->oif)
		return;
	step->dev = nfr_run_dev(way->run, dst->oif);
	inet_ntop(trace->pkt->family == NFR_IPV6 ? AF_INET6 : AF_INET, dst->gateway.b, addr,
		  sizeof(addr));
	step->text = strdup(addr);
}

void nfr_way_trace(struct nfr_way *way, const struct nfr_trace *trace)
{
	struct nfr_way_step *step;
	size_t at = way->n;

	switch (trace->kind) {
	case NFR_TRACE_HOOK:
		add(way, NFR_WAY_HOOK, trace->pkt);
		break;
	case NFR_TRACE_RULE:
		trace_rule(way, trace);
		break;
	case NFR_TRACE_CT:
		trace_ct(way, trace);
		break;
	case NFR_TRACE_NAT:
		step = add(way, NFR_WAY_NAT, trace->pkt);
		step->text = trace->ct ? nat_text(trace->ct) : NULL;
		break;
	case NFR_TRACE_ROUTE:
		trace_route(way, trace);
		break;
	case NFR_TRACE_TCP:
		step = add(way, NFR_WAY_TCP, trace->pkt);
		memcpy(step->value, trace->value, sizeof(step->value));
		step->text = trace->note ? strdup(trace->note) : NULL;
		break;
	case NFR_TRACE_NOTE:
		step = add(way, NFR_WAY_NOTE, trace->pkt);
		step->text = strdup(trace->note ? trace->note : "");
		break;
	}
	if (way->n > at && trace->state)
		way->step[at].hook = trace->state->hook;
}

void nfr_way_log(struct nfr_way *way, const struct nfr_log *log)
{
	struct nfr_way_step *step = add(way, NFR_WAY_LOG, log->pkt);
	size_t len;
	FILE *to = open_memstream(&step->text, &len);

	if (!to)
		abort();
	nfr_log_print(to, way->run->net, log);
	fclose(to);
	if (len && step->text[len - 1] == '\n')
		step->text[len - 1] = '\0';
	step->hook = log->state ? log->state->hook : NFR_INET_NUMHOOKS;
}

void nfr_way_out(struct nfr_way *way, uint16_t oif, const uint8_t *frame, uint32_t len,
		 const struct nfr_pkt *pkt)
{
	struct nfr_way_step *step = add(way, NFR_WAY_OUT, pkt);
	uint32_t skip = way->run->c->iface[oif - 1].no_arp ? 0 : 14;
	char text[256];

	nfr_packet_print(text, sizeof(text), frame + skip, len - skip);
	step->dev = nfr_run_dev(way->run, oif);
	step->text = strdup(text);
}

void nfr_way_deliver(struct nfr_way *way, const struct nfr_pkt *pkt)
{
	struct nfr_way_step *step = add(way, NFR_WAY_DELIVER, pkt);
	char text[256];

	nfr_packet_print(text, sizeof(text), pkt->data, pkt->len);
	step->dev = "local";
	step->text = strdup(text);
}
