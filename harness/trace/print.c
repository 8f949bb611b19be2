/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A way for people. One line a step: the hook, who looked at the packet there, what came of it.
 * The hook's name stands only where it changes, so that the eye finds the five of them.
 */
#include "trace/way.h"

#include <stdlib.h>
#include <unistd.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define BLUE "\033[34m"
#define DIM "\033[2m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

struct page {
	FILE *to;
	bool colour;
	uint8_t hook;    /* named last */
	bool made_here;
};

static const char *ink(const struct page *page, const char *colour)
{
	return page->colour ? colour : "";
}

/* The two columns on the left: hook, and who speaks. */
static void margin(struct page *page, const struct nfr_way_step *step, const char *who)
{
	const char *hook = "";

	if (step->made_here && !page->made_here)
		fprintf(page->to, "    %sthe router answers:%s\n", ink(page, DIM), ink(page, PLAIN));
	if (step->hook != page->hook || step->made_here != page->made_here)
		hook = nfr_way_hook(step->hook);
	page->hook = step->hook;
	page->made_here = step->made_here;
	fprintf(page->to, "    %s%s%-13s%s%-10s ", step->made_here ? "  " : "", ink(page, BLUE),
		hook, ink(page, PLAIN), who);
}

/* What a rule says behind `-A CHAIN `. */
static const char *rule_words(const struct nfr_way_step *step)
{
	const char *p = step->text;
	unsigned n;

	for (n = 0; p && n < 2; n++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	return p ? p : step->target;
}

/* That a table other than filter lets a packet pass goes without saying. */
static bool is_news(const struct nfr_way_step *step)
{
	return strcmp(step->type, "policy") != 0 || step->verdict != NFR_ACCEPT ||
	       !strcmp(step->table, "filter");
}

static void print_rule(struct page *page, const struct nfr_way_step *step)
{
	bool drop = step->verdict == NFR_DROP || !strcmp(step->target, "REJECT");

	if (!is_news(step))
		return;
	margin(page, step, step->table);
	if (!strcmp(step->type, "policy")) {
		fprintf(page->to, "policy: %s%s%s\n", ink(page, drop ? RED : ""),
			nfr_way_verdict(step->verdict), ink(page, PLAIN));
		return;
	}
	if (!strcmp(step->type, "return")) {
		fprintf(page->to, "end of %s: back to where it was called\n", step->chain);
		return;
	}
	fprintf(page->to, "%srule %u%s", ink(page, BOLD), step->num, ink(page, PLAIN));
	if (strcmp(step->chain, nfr_way_hook(step->hook)) != 0)
		fprintf(page->to, " of %s", step->chain);
	fprintf(page->to, ": %s%s%s\n", ink(page, drop ? RED : ""), rule_words(step),
		ink(page, PLAIN));
}

static void print_ct(struct page *page, const struct nfr_way_step *step)
{
	bool invalid = !strcmp(step->state, "INVALID");

	margin(page, step, "conntrack");
	fprintf(page->to, "%s%s%s%s", ink(page, invalid ? RED : BOLD), step->state,
		ink(page, PLAIN), step->reply ? " reply" : "");
	if (step->before || step->after) {
		fprintf(page->to, ", tcp %s", nfr_way_tcp_state(step->before));
		if (step->after && step->after != step->before)
			fprintf(page->to, " -> %s", nfr_way_tcp_state(step->after));
	}
	if (step->text)
		fprintf(page->to, ": %s", step->text);
	fputc('\n', page->to);
}

static void print_bound(struct page *page, const char *what, uint32_t value, const char *relation,
			uint32_t bound, bool ok)
{
	fprintf(page->to, "%-29s%s %10u %s %10u  %s%s%s\n", "", what, value, relation, bound,
		ink(page, ok ? GREEN : RED), ok ? "yes" : "NO", ink(page, PLAIN));
}

/* True when conntrack refuses the packet in the end: only then its arithmetic is of interest. */
static bool is_refused(const struct nfr_way *way, size_t at)
{
	for (at++; at < way->n; at++)
		if (way->step[at].kind == NFR_WAY_CT)
			return !strcmp(way->step[at].state, "INVALID");
	return false;
}

/* The window test as the tracker makes it; sequence numbers wrap. */
static void print_tcp(struct page *page, const struct nfr_way_step *step)
{
	uint32_t seq = step->value[0], end = step->value[1], ack = step->value[2];
	uint32_t td_end = step->value[4], maxend = step->value[5];
	uint32_t peer_end = step->value[6], peer_maxwin = step->value[7];

	margin(page, step, "window");
	fprintf(page->to, "seq %u, end %u, ack %u, window %u:\n", seq, end, ack, step->value[3]);
	print_bound(page, "seq", seq, "<= most it may send    ", maxend,
		    (int32_t)(maxend - seq) >= 0);
	print_bound(page, "end", end, ">= what was sent - win ", td_end - peer_maxwin,
		    (int32_t)(end - (td_end - peer_maxwin)) >= 0);
	print_bound(page, "ack", ack, "<= what the other sent ", peer_end,
		    (int32_t)(peer_end - ack) >= 0);
}

static void print_route(struct page *page, const struct nfr_way_step *step)
{
	struct nfr_way_step at_none = *step;

	at_none.hook = NFR_INET_NUMHOOKS;
	margin(page, &at_none, "route");
	if (step->dev)
		fprintf(page->to, "to %s through %s\n", step->text, step->dev);
	else
		fprintf(page->to, "%s\n", step->type);
}

static void print_text(struct page *page, const struct nfr_way_step *step, const char *who,
		       const char *colour)
{
	margin(page, step, who);
	fprintf(page->to, "%s%s%s\n", ink(page, colour), step->text ? step->text : "",
		ink(page, PLAIN));
}

static void print_out(struct page *page, const struct nfr_way_step *step)
{
	margin(page, step, step->kind == NFR_WAY_OUT ? "out" : "delivered");
	fprintf(page->to, "%s%s%s  %s\n", ink(page, BOLD), step->dev, ink(page, PLAIN),
		step->text ? step->text : "");
}

static void print_step(struct page *page, const struct nfr_way *way, size_t at)
{
	const struct nfr_way_step *step = &way->step[at];

	switch (step->kind) {
	case NFR_WAY_RULE:
		print_rule(page, step);
		break;
	case NFR_WAY_CT:
		print_ct(page, step);
		break;
	case NFR_WAY_NAT:
		if (step->text)
			print_text(page, step, "nat", "");
		break;
	case NFR_WAY_ROUTE:
		print_route(page, step);
		break;
	case NFR_WAY_TCP:
		if (is_refused(way, at))
			print_tcp(page, step);
		break;
	case NFR_WAY_NOTE:
		print_text(page, step, "conntrack", RED);
		break;
	case NFR_WAY_LOG:
		print_text(page, step, "log", DIM);
		break;
	case NFR_WAY_OUT:
	case NFR_WAY_DELIVER:
		print_out(page, step);
		break;
	default: /* hooks show in the margin of what happens there */
		break;
	}
}

static bool is_good_end(enum nfr_reason reason)
{
	return reason == NFR_REASON_NONE || reason == NFR_REASON_FORWARDED ||
	       reason == NFR_REASON_DELIVERED || reason == NFR_REASON_QUEUED_FRAGMENT ||
	       reason == NFR_REASON_QUEUED || reason == NFR_REASON_STOLEN;
}

/* Which rule or policy it was. */
static void print_culprit(FILE *to, const struct nfr_way *way, enum nfr_reason reason)
{
	size_t i;

	if (reason != NFR_REASON_RULE_DROP && reason != NFR_REASON_POLICY_DROP &&
	    reason != NFR_REASON_RULE_REJECT)
		return;
	for (i = way->n; i-- > 0;) {
		const struct nfr_way_step *step = &way->step[i];

		if (step->kind != NFR_WAY_RULE || step->made_here)
			continue;
		if (!strcmp(step->type, "policy"))
			fprintf(to, " (%s, %s)", step->table, step->chain);
		else
			fprintf(to, " (%s, %s, rule %u)", step->table, step->chain, step->num);
		return;
	}
}

void nfr_way_print(FILE *to, const struct nfr_way *way, const struct nfr_run_frame *frame,
		   const char *packet, const struct nfr_result *result, bool colour)
{
	struct page page = {.to = to, .colour = colour, .hook = NFR_INET_NUMHOOKS};
	enum nfr_reason reason = (enum nfr_reason)result->reason;
	size_t i;

	fprintf(to, "%s#%u%s  %lu.%09lu  %s%s%s  %s\n", ink(&page, BOLD), frame->n,
		ink(&page, PLAIN), (unsigned long)(frame->ts_ns / NFR_NSEC_PER_SEC),
		(unsigned long)(frame->ts_ns % NFR_NSEC_PER_SEC), ink(&page, BOLD), frame->in,
		ink(&page, PLAIN), packet);
	for (i = 0; i < way->n; i++)
		print_step(&page, way, i);
	fprintf(to, "    %s%s%s: %s", ink(&page, is_good_end(reason) ? GREEN : RED),
		nfr_reason_name(reason), ink(&page, PLAIN), nfr_reason_text(reason));
	print_culprit(to, way, reason);
	fputs("\n\n", to);
}
