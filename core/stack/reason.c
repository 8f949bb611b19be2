/* SPDX-License-Identifier: BSD-2-Clause */
#include "nfref/nfref.h"

static const struct {
	const char *name, *text;
} rows[NFR_REASON_MAX] = {
#define REASON(name, text) {#name, text},
#include "nfref/reason.def"
#undef REASON
};

const char *nfr_reason_name(enum nfr_reason reason)
{
	return (unsigned)reason < NFR_REASON_MAX ? rows[reason].name : "?";
}

const char *nfr_reason_text(enum nfr_reason reason)
{
	return (unsigned)reason < NFR_REASON_MAX ? rows[reason].text : "?";
}
