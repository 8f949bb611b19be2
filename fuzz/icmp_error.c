/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ICMP errors about packets of known and unknown connections. An error never makes a connection,
 * and it is RELATED only when a plain search finds the connection that the quoted packet is of:
 * one that has the quoted packet's tuple, turned, in either direction.
 *
 * Input: ruleset, options, two bytes unused, then steps (lib/steps.h).
 */
#include "base/bytes.h"
#include "lib/run.h"
#include "lib/sums.h"

#define MAX_STEPS 128

const enum fuzz_format fuzz_format = FUZZ_FORMAT_STEPS;

static bool is_error_type(bool six, uint8_t type)
{
	if (six)
		return type < 128 && type != 0;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* The error's ICMP header in a frame; NULL when it is none, or cannot be read plainly. */
static const uint8_t *find_error(const uint8_t *frame, size_t len, unsigned iface,
				 const uint8_t **end)
{
	size_t hlen = iface % FUZZ_IFACES == FUZZ_IFACES - 1 ? 0 : 14;
	const uint8_t *ip = frame + hlen;
	struct fuzz_l4 l4;
	bool six;

	if (len <= hlen || !fuzz_l4_find(ip, len - hlen, &l4) || l4.fragment || l4.len < 8)
		return NULL;
	six = ip[0] >> 4 == 6;
	if (l4.proto != (six ? NFR_IPPROTO_ICMPV6 : NFR_IPPROTO_ICMP) ||
	    !is_error_type(six, ip[l4.off]))
		return NULL;
	*end = ip + l4.off + l4.len;
	return ip + l4.off;
}

/* Whether the connection has the quoted packet's addresses, turned; ports only where the quote
 * has them in the usual place. */
static bool is_about(const struct nfr_tuple *tuple, const uint8_t *quoted, size_t len)
{
	bool six = quoted[0] >> 4 == 6;
	size_t addr_len = six ? 16 : 4, src = six ? 8 : 12, hlen = six ? 40 : (quoted[0] & 15u) * 4;

	if (tuple->l3num != (six ? NFR_IPV6 : NFR_IPV4) ||
	    memcmp(tuple->dst.b, quoted + src, addr_len) != 0 ||
	    memcmp(tuple->src.b, quoted + src + addr_len, addr_len) != 0)
		return false;
	if (quoted[six ? 6 : 9] != tuple->protonum)
		return six; /* extension headers: not looked at here */
	if (tuple->protonum != NFR_IPPROTO_TCP && tuple->protonum != NFR_IPPROTO_UDP)
		return true;
	return len >= hlen + 4 && memcmp(quoted + hlen, tuple->dst_l4.b, 2) == 0 &&
	       memcmp(quoted + hlen + 2, tuple->src_l4.b, 2) == 0;
}

static bool is_known(struct fuzz_router *router, const uint8_t *quoted, size_t len)
{
	struct nfr_ct_view view;
	uint32_t cursor = 0;

	if (len < 20 || (quoted[0] >> 4 == 6 && len < 40))
		return false;
	while (nfr_ct_next(router->net, router->now_ns, &cursor, &view))
		if (is_about(&view.tuple[0], quoted, len) || is_about(&view.tuple[1], quoted, len))
			return true;
	return false;
}

static void packet(struct fuzz_run *run, const struct fuzz_step *step)
{
	static uint8_t frame[FUZZ_FRAME_MAX + 64];
	struct fuzz_router *router = run->router;
	const uint8_t *error, *end = NULL;
	struct nfr_result result;
	unsigned iface = 0;
	uint32_t before;
	bool known;
	size_t len = fuzz_run_frame(run, step, frame, &iface);

	if (!len || len > FUZZ_FRAME_MAX)
		return;
	error = find_error(frame, len, iface, &end);
	known = error && is_known(router, error + 8, (size_t)(end - error - 8));
	before = nfr_pool_used(router->net, NFR_POOL_ct);
	result = fuzz_receive(router, iface, frame, len);
	fuzz_router_check(router);
	if (!error)
		return;
	fuzz_must(nfr_pool_used(router->net, NFR_POOL_ct) <= before, "an error makes a connection");
	fuzz_must(result.ctstate != NFR_CTSTATE_NEW && result.ctstate != NFR_CTSTATE_ESTABLISHED,
		  "an error has a connection of its own");
	fuzz_must(result.ctstate != NFR_CTSTATE_RELATED || known,
		  "an error is related to a connection that is not there");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_run_asking(data, size, MAX_STEPS, packet);
	return 0;
}
