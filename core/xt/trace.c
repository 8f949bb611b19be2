/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telling of rules, for packets that are watched or that TRACE has marked: of the latter Linux
 * writes each such step to its log, as "TRACE: table:chain:type:number ".
 *
 * The type is "rule"; "policy" at the end of a built-in chain; "return" at the end of another.
 * Linux tells the end of a chain by the look of a rule, one that decides for every packet: so an
 * unconditional ACCEPT, DROP, QUEUE or RETURN is called policy or return wherever it stands.
 */
#include "xt/table.h"

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
}
