/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connection and expectation tables for readers. Views are made at the time of the last call;
 * what remains of a timeout is brought up to the reader's.
 */
#include "ct/expect.h"
#include "stack/net.h"

static int64_t passed_since(const struct nfr_net *net, uint64_t now_ns)
{
	return (int64_t)(now_ns - net->env.now_ns);
}

bool nfr_ct_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		 struct nfr_ct_view *view)
{
	while (nfr_ctnet_next(&net->ct, cursor, view)) {
		view->timeout_ns -= passed_since(net, now_ns);
		if (view->timeout_ns > 0)
			return true;
	}
	return false;
}

bool nfr_expect_next(const struct nfr_net *net, uint64_t now_ns, uint32_t *cursor,
		     struct nfr_expect_view *view)
{
	while (nfr_ctnet_expect_next(&net->ct, cursor, view)) {
		view->timeout_ns -= passed_since(net, now_ns);
		if (view->timeout_ns > 0)
			return true;
	}
	return false;
}

bool nfr_ct_get(const struct nfr_net *net, uint64_t now_ns, uint32_t idx, struct nfr_ct_view *view)
{
	if (!nfr_ctnet_get(&net->ct, idx, view))
		return false;
	view->timeout_ns -= passed_since(net, now_ns);
	return view->timeout_ns > 0;
}

void nfr_ct_flush(struct nfr_net *net, uint64_t now_ns)
{
	nfr_call_begin(net, now_ns);
	nfr_ctnet_flush(&net->ct);
}
