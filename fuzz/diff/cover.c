/* SPDX-License-Identifier: BSD-2-Clause */
#include "cover.h"

#include "base/sysctl.h"
#include "packet.h"
#include "xt/xt.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum group { MATCH_ROW, TARGET_ROW, OPTION_ROW, SYSCTL_ROW, NET_ROW, PACKET_ROW, REASON_ROW, GROUPS };

static const char *const group_name[GROUPS] = {
	"matches (rules, rules that met packets)", "targets (rules, rules that met packets)",
	"options of rules", "sysctls", "lines of net", "packets in", "reasons (packets)"};

/* Every row: what it is called, and the text by which it is found. */
struct row {
	enum group group;
	char name[80], key[80];
};

static struct row rows[DIFF_COVER_MAX];
static unsigned n_rows;

static void add(enum group group, const char *name, const char *key)
{
	struct row *row = &rows[n_rows];
	unsigned i;

	for (i = 0; i < n_rows; i++)
		if (rows[i].group == group && !strcmp(rows[i].key, key))
			return;
	if (n_rows == DIFF_COVER_MAX)
		diff_die("the table of features is too small");
	n_rows++;
	row->group = group;
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->key, sizeof(row->key), "%s", key);
}

static void add_ext(const struct nfr_xt_ext *ext)
{
	char name[80], key[80];
	unsigned i;

	snprintf(key, sizeof(key), " -%c %s", ext->is_target ? 'j' : 'm', ext->name);
	add(ext->is_target ? TARGET_ROW : MATCH_ROW, ext->name, key);
	for (i = 0; i < ext->n_opts; i++) {
		snprintf(name, sizeof(name), "%s --%s", ext->name, ext->opts[i].name);
		snprintf(key, sizeof(key), " --%s", ext->opts[i].name);
		add(OPTION_ROW, name, key);
	}
}

static void add_sysctls(void)
{
	const struct nfr_sysctl_row *row;
	char key[80];
	size_t i;

	for (i = 0; (row = nfr_sysctl_row(i)) != NULL; i++) {
		snprintf(key, sizeof(key), "%s%s%s", row->name, row->leaf ? ".*." : "",
			 row->leaf ? row->leaf : "");
		add(SYSCTL_ROW, key, key);
	}
}

enum packet_row { IPV4, IPV6, TCP, UDP, ICMP, ICMP6, SCTP, GRE, UDPLITE, OTHER, LOCAL_OUT, TUN,
		  FRAGMENT, EXTENDED, ERROR, FTP, EXPECTED, TRANSLATED, PACKET_ROWS };

static const char *const packet_name[PACKET_ROWS] = {
	"IPv4", "IPv6", "TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "GRE", "UDP-Lite", "other protocols",
	"from the router itself", "on a tun", "fragments", "options or extension headers",
	"ICMP errors", "FTP control", "expected connections", "translated connections"};

static void make_rows(void)
{
	static const char *const net[] = {"link set", "addr add 10", "addr add fd", "route add", "via",
					  "dev tun0", "unreachable", "blackhole", "prohibit", "throw",
					  "mtu lock", "table", "rule add", "fwmark", "from", " to ",
					  "iif", "ipproto", "tos", "not"};
	unsigned i;

	if (n_rows)
		return;
#define MATCH(sym) add_ext(&nfr_xt_match_##sym);
#include "xt/match.def"
#undef MATCH
#define TARGET(sym) add_ext(&nfr_xt_target_##sym);
#include "xt/target.def"
#undef TARGET
	add_sysctls();
	for (i = 0; i < COUNT(net); i++)
		add(NET_ROW, net[i], net[i]);
	for (i = 0; i < PACKET_ROWS; i++)
		add(PACKET_ROW, packet_name[i], packet_name[i]);
	for (i = 1; i < NFR_REASON_MAX; i++)
		add(REASON_ROW, nfr_reason_name((enum nfr_reason)i),
		    nfr_reason_name((enum nfr_reason)i));
}

/* ---- counting ---- */

/* A word of the line, not a part of one. */
static bool has_word(const char *line, const char *key)
{
	size_t len = strlen(key);
	const char *p;

	for (p = strstr(line, key); p; p = strstr(p + 1, key))
		if (!p[len] || p[len] == ' ' || p[len] == '\n')
			return true;
	return false;
}

static void take_rule(struct diff_cover *cover, const char *line)
{
	bool met = strncmp(line, "[0:", 3) != 0;
	unsigned i;

	for (i = 0; i < n_rows; i++) {
		if (rows[i].group > OPTION_ROW || !has_word(line, rows[i].key))
			continue;
		cover->row[i].made++;
		cover->row[i].met += met;
	}
}

static void each_line(const char *text, struct diff_cover *cover,
		      void (*take)(struct diff_cover *cover, const char *line))
{
	char line[4096];
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)(end - text), text);
		take(cover, line);
	}
}

/* Options as they were written, not as they are printed. */
static void take_options(struct diff_cover *cover, const char *line)
{
	unsigned i;

	for (i = 0; i < n_rows; i++)
		if (rows[i].group == OPTION_ROW && has_word(line, rows[i].key))
			cover->row[i].made++;
}

static void take_saved(struct diff_cover *cover, const char *line)
{
	if (line[0] == '[')
		take_rule(cover, line);
}

static void take_net(struct diff_cover *cover, const char *line)
{
	unsigned i;

	for (i = 0; i < n_rows; i++)
		if (rows[i].group == NET_ROW && strstr(line, rows[i].key))
			cover->row[i].made++;
}

static void take_sysctl(struct diff_cover *cover, const char *line)
{
	unsigned i;

	for (i = 0; i < n_rows; i++) {
		const char *star = strstr(rows[i].key, "*."), *end = strstr(line, " = ");
		size_t leaf;

		if (rows[i].group != SYSCTL_ROW || !end)
			continue;
		if (!star && strlen(rows[i].key) == (size_t)(end - line) &&
		    !strncmp(line, rows[i].key, (size_t)(end - line)))
			cover->row[i].made++;
		if (!star)
			continue;
		leaf = strlen(star + 1);
		if (!strncmp(line, rows[i].key, (size_t)(star - rows[i].key)) &&
		    (size_t)(end - line) > leaf && !strncmp(end - leaf, star + 1, leaf))
			cover->row[i].made++;
	}
}

static void count_packet(struct diff_cover *cover, enum packet_row which)
{
	unsigned i;

	for (i = 0; i < n_rows && rows[i].group != PACKET_ROW; i++)
		;
	cover->row[i + which].made++;
}

static enum packet_row protocol_row(uint8_t proto)
{
	switch (proto) {
	case DIFF_TCP:
		return TCP;
	case DIFF_UDP:
		return UDP;
	case DIFF_ICMP:
		return ICMP;
	case DIFF_ICMP6:
		return ICMP6;
	case DIFF_SCTP:
		return SCTP;
	case DIFF_GRE:
		return GRE;
	case DIFF_UDPLITE:
		return UDPLITE;
	default:
		return OTHER;
	}
}

static void take_packet(struct diff_cover *cover, const struct diff_scenario *s,
			const struct diff_packet *in)
{
	uint32_t skip = in->dev == 0 || diff_is_tun(s, in->dev) ? 0 : 14;
	const uint8_t *ip = in->data + skip;
	struct diff_view v;

	if (in->dev == 0)
		count_packet(cover, LOCAL_OUT);
	if (diff_is_tun(s, in->dev))
		count_packet(cover, TUN);
	if (in->len < skip || !diff_parse(ip, in->len - skip, &v))
		return;
	count_packet(cover, v.family == 4 ? IPV4 : IPV6);
	count_packet(cover, protocol_row(v.proto));
	if (v.family == 4 ? (ip[6] & 0x3f) | ip[7] : ip[6] == 44)
		count_packet(cover, FRAGMENT);
	if (v.family == 4 ? ip[0] > 0x45 : ip[6] == 0 || ip[6] == 43 || ip[6] == 60)
		count_packet(cover, EXTENDED);
	if (v.l4_len && ((v.proto == DIFF_ICMP && (v.l4[0] == 3 || v.l4[0] == 11)) ||
			 (v.proto == DIFF_ICMP6 && v.l4[0] < 128)))
		count_packet(cover, ERROR);
	if (v.proto == DIFF_TCP && (v.sport == 21 || v.dport == 21))
		count_packet(cover, FTP);
}

/* Reasons in nfref's steps. */
static void take_reasons(struct diff_cover *cover, const char *dir)
{
	static const char key[] = "\"reason\": \"";
	char path[512], *line = NULL, *p;
	size_t room = 0;
	unsigned i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/got/steps", dir);
	f = fopen(path, "re");
	while (f && getline(&line, &room, f) > 0) {
		p = strstr(line, key);
		if (!p)
			continue;
		p += strlen(key);
		p[strcspn(p, "\"")] = '\0';
		for (i = 0; i < n_rows; i++)
			if (rows[i].group == REASON_ROW && !strcmp(rows[i].key, p))
				cover->row[i].made++;
	}
	free(line);
	if (f)
		fclose(f);
}

static void take_connection(struct diff_cover *cover, const char *line)
{
	const char *src = strstr(line, " src="), *dst = strstr(line, " dst="), *back;

	if (!src || !dst || !(back = strstr(dst, " src=")))
		return;
	if (strncmp(dst + 5, back + 5, strcspn(dst + 5, " ")) != 0)
		count_packet(cover, TRANSLATED);
}

static void take_expectation(struct diff_cover *cover, const char *line)
{
	(void)line;
	count_packet(cover, EXPECTED);
}

void diff_cover_take(struct diff_cover *cover, const struct diff_scenario *s,
		     const struct diff_record *r, const char *dir)
{
	unsigned i;

	make_rows();
	for (i = 0; i < 2; i++) {
		each_line(diff_str(&s->rules[i]), cover, take_options);
		each_line(diff_str(&r->result[DIFF_RULES4 + i]), cover, take_saved);
	}
	each_line(diff_str(&s->net), cover, take_net);
	each_line(diff_str(&s->sysctl), cover, take_sysctl);
	for (i = 0; i < r->n_steps; i++)
		take_packet(cover, s, &r->step[i].in);
	each_line(diff_str(&r->result[DIFF_CONNTRACK]), cover, take_connection);
	each_line(diff_str(&r->result[DIFF_EXPECT]), cover, take_expectation);
	take_reasons(cover, dir);
}

/* ---- telling ---- */

static void print_row(FILE *to, const struct diff_cover *cover, unsigned i)
{
	unsigned long made = cover->row[i].made;

	if (rows[i].group <= TARGET_ROW)
		fprintf(to, "  %-44s %8lu %8lu\n", rows[i].name, made,
			(unsigned long)cover->row[i].met);
	else
		fprintf(to, "  %-44s %8lu\n", rows[i].name, made);
}

unsigned diff_cover_print(FILE *to, const struct diff_cover *cover)
{
	unsigned group, i, missing = 0;

	make_rows();
	for (group = 0; group < GROUPS; group++) {
		fprintf(to, "%s\n", group_name[group]);
		for (i = 0; i < n_rows; i++) {
			if (rows[i].group != (enum group)group)
				continue;
			print_row(to, cover, i);
			missing += cover->row[i].made == 0;
		}
	}
	fprintf(to, "never:");
	for (i = 0; i < n_rows; i++)
		if (cover->row[i].made == 0)
			fprintf(to, " %s;", rows[i].name);
	fprintf(to, " %u of %u\n", missing, n_rows);
	return missing;
}
