/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * -j LOG: hands the packet to the sink's log; how a line looks is the reader's to say.
 */
#include "xt/xt.h"

struct target_log {
	struct nfr_xt_head head;
	char prefix[30];
	uint8_t level;
};

enum { PREFIX, LEVEL, TCPSEQ, TCPOPT, IPOPT, UID, MACDECODE };

#define DEFAULT_LEVEL 4 /* warning */

static const struct nfr_xt_name level_names[] = {
	{"emerg", 0},	{"panic", 0},  {"alert", 1}, {"crit", 2},  {"error", 3},
	{"warning", 4}, {"notice", 5}, {"info", 6},  {"debug", 7}, {NULL, 0},
};

static const struct nfr_xt_opt opts[] = {
	{.name = "log-prefix",
	 .kind = NFR_XT_K_STRING,
	 .flags = NFR_XT_OPT_CUT,
	 .slot = PREFIX,
	 .off = offsetof(struct target_log, prefix),
	 .min = 1,
	 .max = 29},
	{.name = "log-level",
	 .kind = NFR_XT_K_LOG_LEVEL,
	 .slot = LEVEL,
	 .off = offsetof(struct target_log, level),
	 .max = 7,
	 .names = level_names},
	{.name = "log-tcp-sequence", .kind = NFR_XT_K_NONE, .slot = TCPSEQ},
	{.name = "log-tcp-options", .kind = NFR_XT_K_NONE, .slot = TCPOPT},
	{.name = "log-ip-options", .kind = NFR_XT_K_NONE, .slot = IPOPT},
	{.name = "log-uid", .kind = NFR_XT_K_NONE, .slot = UID},
	{.name = "log-macdecode", .kind = NFR_XT_K_NONE, .slot = MACDECODE},
};

static enum nfr_status check(struct nfr_xt_check *chk, void *data)
{
	struct target_log *t = data;

	(void)chk;
	if (!nfr_xt_given(t, PREFIX))
		t->prefix[0] = 0;
	if (!nfr_xt_given(t, LEVEL))
		t->level = DEFAULT_LEVEL;
	if (t->level == DEFAULT_LEVEL)
		t->head.given &= ~NFR_XT_BIT(LEVEL);
	return NFR_OK;
}

static uint8_t log_flags(const struct target_log *t)
{
	return (uint8_t)((nfr_xt_given(t, TCPSEQ) ? NFR_LOG_TCPSEQ : 0) |
			 (nfr_xt_given(t, TCPOPT) ? NFR_LOG_TCPOPT : 0) |
			 (nfr_xt_given(t, IPOPT) ? NFR_LOG_IPOPT : 0) |
			 (nfr_xt_given(t, UID) ? NFR_LOG_UID : 0) |
			 (nfr_xt_given(t, MACDECODE) ? NFR_LOG_MACDECODE : 0));
}

static unsigned target(struct nfr_xt_ctx *ctx, void *data)
{
	const struct target_log *t = data;
	struct nfr_log line = {
		.pkt = ctx->pkt,
		.state = ctx->state,
		.prefix = t->prefix,
		.level = t->level,
		.flags = log_flags(t),
	};

	ctx->env->sink.log(ctx->env->sink.user, &line);
	return NFR_XT_CONTINUE;
}

const struct nfr_xt_ext nfr_xt_target_LOG = {
	.name = "LOG",
	.size = sizeof(struct target_log),
	.families = NFR_XT_FAMILY_BOTH,
	.is_target = true,
	NFR_XT_OPTIONS(opts),
	.check = check,
	.target = target,
};
