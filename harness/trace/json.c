/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace/way.h"

#include "json.h"

static void member(FILE *to, const char *key, const char *value)
{
	fprintf(to, ", \"%s\": ", key);
	nfr_json_put(to, value);
}

static void put_rule(FILE *to, const struct nfr_way_step *step)
{
	member(to, "table", step->table);
	member(to, "chain", step->chain);
	fprintf(to, ", \"num\": %u", step->num);
	member(to, "type", step->type);
	member(to, "target", step->target);
	member(to, "verdict", nfr_way_verdict(step->verdict));
	if (step->text)
		member(to, "rule", step->text);
}

static void put_ct(FILE *to, const struct nfr_way_step *step)
{
	member(to, "state", step->state);
	if (step->reply)
		fputs(", \"reply\": true", to);
	if (step->before || step->after) {
		member(to, "tcp_before", nfr_way_tcp_state(step->before));
		member(to, "tcp_after", nfr_way_tcp_state(step->after));
	}
	if (step->text)
		member(to, "note", step->text);
}

static void put_tcp(FILE *to, const struct nfr_way_step *step)
{
	static const char *const key[] = {"seq",    "end",       "ack",       "win",
					  "td_end", "td_maxend", "peer_end",  "peer_maxwin"};
	unsigned i;

	for (i = 0; i < 8; i++)
		fprintf(to, ", \"%s\": %u", key[i], step->value[i]);
}

static void put_step(FILE *to, const struct nfr_way_step *step)
{
	static const char *const kind[] = {"hook", "rule", "conntrack", "nat", "route",
					   "window", "note", "log", "out", "delivered"};

	fputs("{\"step\": ", to);
	nfr_json_put(to, kind[step->kind]);
	if (step->hook < NFR_INET_NUMHOOKS)
		member(to, "hook", nfr_way_hook(step->hook));
	if (step->made_here)
		fputs(", \"made_here\": true", to);
	if (step->kind == NFR_WAY_RULE)
		put_rule(to, step);
	else if (step->kind == NFR_WAY_CT)
		put_ct(to, step);
	else if (step->kind == NFR_WAY_TCP)
		put_tcp(to, step);
	else if (step->text)
		member(to, "text", step->text);
	if (step->kind == NFR_WAY_ROUTE)
		member(to, "type", step->type);
	if (step->dev)
		member(to, "dev", step->dev);
	fputc('}', to);
}

void nfr_way_json(FILE *to, const struct nfr_way *way)
{
	size_t i;

	fputc('[', to);
	for (i = 0; i < way->n; i++) {
		if (i)
			fputs(", ", to);
		put_step(to, &way->step[i]);
	}
	fputc(']', to);
}
