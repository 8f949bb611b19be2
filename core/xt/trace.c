/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling of rules: a step for the sink's trace and, for packets that TRACE has marked, the line
 * that Linux writes to its log, "TRACE: table:chain:type:number ".
 *
 * The type is "rule"; "policy" at the end of a built-in chain; "return" at the end of another.
 * Linux tells the end of a chain by the look of a rule, one that decides for every packet: so an
 * unconditional ACCEPT, DROP, QUEUE or RETURN is called policy or return wherever it stands.
 */
#include "base/str.h"
#include "xt/table.h"

#define LEVEL_WARNING 4
#define TRACE_FLAGS (NFR_LOG_TCPSEQ | NFR_LOG_TCPOPT | NFR_LOG_IPOPT | NFR_LOG_UID)

struct text {
	char buf[80];
	size_t len;
};

static void put(struct text *text, const char *s)
{
	size_t len = nfr_str_len(s);

	if (len > sizeof(text->buf) - 1 - text->len)
		return;
	memcpy(text->buf + text->len, s, len + 1);
	text->len += len;
}

static void put_number(struct text *text, uint32_t n)
{
	char digits[11];
	size_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	put(text, digits + at);
}

static void log_line(const struct nfr_xt_table *table, const struct nfr_trace_rule *rule,
		     const struct nfr_pkt *pkt, const struct nfr_hook_state *state)
{
	struct nfr_sink *sink = &table->xt->env->sink;
	struct text text = {.len = 0};
	struct nfr_log line = {
		.pkt = pkt,
		.state = state,
		.prefix = text.buf,
		.level = LEVEL_WARNING,
		.flags = TRACE_FLAGS,
	};

	put(&text, "TRACE: ");
	put(&text, rule->table);
	put(&text, ":");
	put(&text, rule->chain);
	put(&text, ":");
	put(&text, rule->type);
	put(&text, ":");
	put_number(&text, rule->num);
	put(&text, " ");
	sink->log(sink->user, &line);
}

static const char *type_of(const struct nfr_xt_chain *chain, const struct nfr_xt_row *row)
{
	bool ends = !row || ((row->kind == NFR_XT_ROW_VERDICT || row->kind == NFR_XT_ROW_RETURN) &&
			     !row->needs && !row->n_matches);

	if (!ends)
		return "rule";
	return chain->hook == NFR_XT_NO_HOOK ? "return" : "policy";
}

static unsigned verdict_of(const struct nfr_xt_chain *chain, const struct nfr_xt_row *row)
{
	if (!row)
		return chain->hook == NFR_XT_NO_HOOK ? NFR_XT_RETURN : chain->policy;
	if (row->kind == NFR_XT_ROW_VERDICT)
		return row->jump;
	return row->kind == NFR_XT_ROW_RETURN ? NFR_XT_RETURN : NFR_XT_CONTINUE;
}

static const char *target_of(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
			     const struct nfr_xt_row *row)
{
	if (row)
		return nfr_xt_row_target(table, row);
	if (chain->hook == NFR_XT_NO_HOOK)
		return "RETURN";
	return chain->policy == NFR_ACCEPT ? "ACCEPT" : "DROP";
}

void nfr_xt_trace(const struct nfr_xt_table *table, const struct nfr_xt_chain *chain,
		  const struct nfr_xt_row *row, uint32_t num, const struct nfr_pkt *pkt,
		  const struct nfr_hook_state *state)
{
	struct nfr_sink *sink = &table->xt->env->sink;
	struct nfr_trace step = {
		.kind = NFR_TRACE_RULE,
		.pkt = pkt,
		.state = state,
		.rule =
			{
				.table = nfr_xt_table_name(table->id),
				.chain = chain->name,
				.num = num,
				.type = type_of(chain, row),
				.verdict = verdict_of(chain, row),
				.target = target_of(table, chain, row),
			},
	};

	sink->trace(sink->user, &step);
	if (pkt->flags & NFR_PKT_TRACE)
		log_line(table, &step.rule, pkt, state);
}
