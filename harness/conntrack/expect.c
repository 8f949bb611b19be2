/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of `conntrack -L expect` and `conntrack -E expect`: what is expected, the mask over it,
 * and the connection that expects it. The mask's port word stands under the same names as the
 * tuple's; the zone is not printed.
 */
#include "conntrack/words.h"

static void flags(FILE *to, uint32_t set)
{
	static const struct {
		enum nfr_expect_flags flag;
		const char *name;
	} names[] = {
		{NFR_EXPECT_PERMANENT, "PERMANENT"},
		{NFR_EXPECT_INACTIVE, "INACTIVE"},
		{NFR_EXPECT_USERSPACE, "USERSPACE"},
	};
	const char *before = " ";
	unsigned i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (set & names[i].flag) {
			fprintf(to, "%s%s", before, names[i].name);
			before = ",";
		}
}

static void tuple(FILE *to, const struct nfr_tuple *t, const char *src, const char *dst)
{
	nfr_conntrack_addr(to, src, t->l3num, &t->src);
	nfr_conntrack_addr(to, dst, t->l3num, &t->dst);
	nfr_conntrack_l4(to, t);
}

void nfr_conntrack_print_expect(FILE *to, const struct nfr_expect_view *expect)
{
	struct nfr_tuple mask = expect->mask;

	/* a mask has no family and protocol of its own */
	mask.l3num = expect->tuple.l3num;
	mask.protonum = expect->tuple.protonum;
	fprintf(to, "%llu proto=%u",
		expect->timeout_ns > 0 ? (unsigned long long)expect->timeout_ns / NFR_NSEC_PER_SEC
				       : 0ull,
		expect->tuple.protonum);
	tuple(to, &expect->tuple, "src", "dst");
	tuple(to, &mask, "mask-src", "mask-dst");
	tuple(to, &expect->master, "master-src", "master-dst");
	flags(to, expect->flags);
	fprintf(to, " class=%u helper=%s\n", expect->class_id,
		expect->helper ? expect->helper : "");
}

void nfr_conntrack_print_expect_event(FILE *to, const struct nfr_expect_event *event)
{
	fputs(nfr_conntrack_event_name(event->type), to);
	nfr_conntrack_print_expect(to, &event->expect);
}

static void dump_family(FILE *to, const struct nfr_net *net, uint64_t now_ns, uint8_t family)
{
	struct nfr_expect_view expect;
	uint32_t cursor = 0;

	while (nfr_expect_next(net, now_ns, &cursor, &expect))
		if (expect.tuple.l3num == family)
			nfr_conntrack_print_expect(to, &expect);
}

void nfr_conntrack_dump_expect(FILE *to, const struct nfr_net *net, uint64_t now_ns)
{
	dump_family(to, net, now_ns, NFR_IPV4);
	dump_family(to, net, now_ns, NFR_IPV6);
}
