/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of `ip -batch`: OBJECT COMMAND ARGUMENTS.
 *
 * The text is gone through twice: first all lines are only read, then all are applied, so that a
 * slip in the last line does not leave half a configuration. Objects and commands may be
 * abbreviated as iproute2 allows (`a a`, `ro add`, `neighbour`), options only to the names in
 * the tables.
 *
 * iproute2 takes no `-6` inside a batch and so knows no way to write an IPv6 rule without an
 * address there, or `unreachable default`; a line may begin with `-4` or `-6` here, meaning what
 * `ip -6 LINE` means, and a recorder must run such a line by itself.
 */
#include "ip/args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the order in which an abbreviation is tried: `r` is route, `ru` is rule. */
static const struct {
	const char *name;
	const struct nfr_ip_cmd *cmds;
} objects[] = {
	{"address", nfr_ip_addr_cmds},	  {"route", nfr_ip_route_cmds},
	{"rule", nfr_ip_rule_cmds},	  {"neighbor", nfr_ip_neigh_cmds},
	{"neighbour", nfr_ip_neigh_cmds}, {"link", nfr_ip_link_cmds},
};

static bool abbreviates(const char *word, const char *name)
{
	return *word && !strncmp(word, name, strlen(word));
}

static int take_family(struct nfr_ip_args *args)
{
	const char *word;

	if (!strcmp(args->word[0].text, "-4"))
		args->family = NFR_IPV4;
	else if (!strcmp(args->word[0].text, "-6"))
		args->family = NFR_IPV6;
	else
		return 0;
	return nfr_ip_take(args, "-4 or -6", &word);
}

/* The names of an object's commands, as "add, change, delete". */
static const char *names_of(const struct nfr_ip_cmd *cmds, char *buf, size_t size)
{
	size_t len = 0;

	for (unsigned i = 0; cmds[i].name && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? ", " : "", cmds[i].name);
	return buf;
}

static int run_command(struct nfr_ip_args *args, const struct nfr_ip_cmd *cmds)
{
	char names[64];
	const char *word;
	unsigned i;

	if (nfr_ip_take(args, "a command such as `add'", &word))
		return -1;
	for (i = 0; cmds[i].name; i++)
		if (abbreviates(word, cmds[i].name))
			return cmds[i].run(args);
	return nfr_ip_bad(args, "expected a command that configures (%s), not `%s'",
			  names_of(cmds, names, sizeof(names)), word);
}

static int run_line(struct nfr_ip_args *args)
{
	const char *word;
	unsigned i;

	if (take_family(args) ||
	    nfr_ip_take(args, "an object: addr, route, rule, neigh or link", &word))
		return -1;
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (abbreviates(word, objects[i].name))
			return run_command(args, objects[i].cmds);
	return nfr_ip_bad(args, "expected addr, route, rule, neigh or link, not `%s'", word);
}

static int run_all(struct nfr_ip_args *args, bool dry)
{
	struct nfr_ip_cursor cursor = {0, 1, 1};
	int more;

	args->dry = dry;
	while ((more = nfr_ip_read_line(args, &cursor)) > 0)
		if (run_line(args))
			return -1;
	return more;
}

/* Words lie end to end, each with its zero: never more than two bytes for one of the text. */
static struct nfr_ip_args *args_new(struct nfr_net *net, const struct nfr_text *text,
				    struct nfr_diag *diag)
{
	struct nfr_ip_args *args = calloc(1, sizeof(*args));

	if (!args)
		return NULL;
	args->net = net;
	args->text = text;
	args->diag = diag;
	args->buf = malloc(2 * text->len + 2);
	if (args->buf)
		return args;
	free(args);
	return NULL;
}

static void args_free(struct nfr_ip_args *args)
{
	free(args->buf);
	free(args);
}

int nfr_ip_load(struct nfr_net *net, const struct nfr_text *text, struct nfr_diag *diag)
{
	struct nfr_ip_args *args = args_new(net, text, diag);
	int err;

	if (!args)
		return nfr_diag_file(diag, text->name, "out of memory");
	err = run_all(args, true);
	if (!err)
		err = run_all(args, false);
	args_free(args);
	return err;
}

/* `link set NAME` and `link set dev NAME`: NAME is an interface. */
static bool is_link_set(const struct nfr_ip_args *args)
{
	return args->n > 2 && abbreviates(args->word[0].text, "link") &&
	       abbreviates(args->word[1].text, "set");
}

static bool names_dev(const char *word)
{
	return !strcmp(word, "dev") || !strcmp(word, "iif") || !strcmp(word, "oif");
}

static bool is_dev_name(const char *word)
{
	return *word && strlen(word) < NFR_IFNAMSIZ && !strpbrk(word, "/ \t");
}

static bool is_link_word(const char *word)
{
	static const char *const words[] = {"dev", "up", "down", "mtu", "address", "arp", "group"};
	unsigned i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

void nfr_ip_devs(const struct nfr_text *text, void (*dev)(void *user, const char *name), void *user)
{
	struct nfr_diag diag;
	struct nfr_ip_args *args = args_new(NULL, text, &diag);
	struct nfr_ip_cursor cursor = {0, 1, 1};
	unsigned i;

	while (args && nfr_ip_read_line(args, &cursor) > 0) {
		if (is_link_set(args) && !is_link_word(args->word[2].text) &&
		    is_dev_name(args->word[2].text))
			dev(user, args->word[2].text);
		for (i = 1; i < args->n; i++)
			if (names_dev(args->word[i - 1].text) && is_dev_name(args->word[i].text))
				dev(user, args->word[i].text);
	}
	if (args)
		args_free(args);
}
