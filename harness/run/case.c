/* SPDX-License-Identifier: BSD-2-Clause */
#include "run/case.h"

#include "ip/ip.h"
#include "iptables/iptables.h"
#include "pcap_in.h"
#include "sysctl/conf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_RULES_KIB (2u << 20)

static char *path_of(const char *folder, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		abort();
	return path;
}

static char *path_if_there(const char *folder, const char *name)
{
	char *path = path_of(folder, name);

	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct nfr_case_if *)a)->name, ((const struct nfr_case_if *)b)->name);
}

static struct nfr_case_if *find(struct nfr_case *c, const char *name)
{
	unsigned i;

	for (i = 0; i < c->n_ifs; i++)
		if (!strcmp(c->iface[i].name, name))
			return &c->iface[i];
	return NULL;
}

/* NULL: no name that an interface can have, or too many of them. */
static struct nfr_case_if *find_or_add(struct nfr_case *c, const char *name)
{
	struct nfr_case_if *iface = find(c, name);
	size_t len = strlen(name);

	if (iface)
		return iface;
	if (len == 0 || len >= NFR_IFNAMSIZ || strpbrk(name, "/ \t") ||
	    c->n_ifs == NFR_CASE_MAX_IFS)
		return NULL;
	iface = &c->iface[c->n_ifs++];
	memset(iface, 0, sizeof(*iface));
	memcpy(iface->name, name, len);
	return iface;
}

int nfr_case_add_input(struct nfr_case *c, const char *name, const char *path,
		       struct nfr_diag *diag)
{
	struct nfr_case_if *iface;
	char **slot;

	if (!strcmp(name, "local")) {
		slot = &c->local;
	} else if (!strcmp(name, "any")) {
		slot = &c->any;
	} else {
		iface = find_or_add(c, name);
		if (!iface)
			return nfr_diag_file(diag, path, "'%s' is no name of an interface", name);
		slot = &iface->capture;
	}
	free(*slot);
	*slot = strdup(path);
	return 0;
}

static int refuse_unsupported(const char *folder, struct nfr_diag *diag)
{
	static const char *const name[] = {"sets", "services"};
	int status = 0;
	unsigned i;

	for (i = 0; i < 2; i++) {
		char *path = path_if_there(folder, name[i]);

		if (path)
			status = nfr_diag_file(diag, path,
					       i ? "IPVS is not supported yet"
						 : "ipset is not supported yet");
		free(path);
	}
	return status;
}

static int read_inputs(struct nfr_case *c, const char *folder, struct nfr_diag *diag)
{
	char *in = path_of(folder, "in"), *path, name[NFR_IFNAMSIZ];
	DIR *dir = opendir(in);
	struct dirent *entry;
	int status = 0;
	size_t len;

	if (!dir && errno != ENOENT)
		status = nfr_diag_file(diag, in, "%s", strerror(errno));
	while (dir && status == 0 && (errno = 0, entry = readdir(dir)) != NULL) {
		len = strlen(entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		path = path_of(in, entry->d_name);
		if (len < 6 || len - 5 >= sizeof(name) ||
		    strcmp(entry->d_name + len - 5, ".pcap") != 0) {
			status = nfr_diag_file(diag, path, "expected IF.pcap");
		} else {
			snprintf(name, sizeof(name), "%.*s", (int)len - 5, entry->d_name);
			status = nfr_case_add_input(c, name, path, diag);
		}
		free(path);
	}
	if (dir && status == 0 && errno)
		status = nfr_diag_file(diag, in, "%s", strerror(errno));
	if (dir)
		closedir(dir);
	free(in);
	return status;
}

int nfr_case_open(struct nfr_case *c, const char *folder, struct nfr_diag *diag)
{
	struct stat st;

	memset(c, 0, sizeof(*c));
	if (stat(folder, &st) < 0)
		return nfr_diag_file(diag, folder, "%s", strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return nfr_diag_file(diag, folder, "not a folder: expected a case");
	if (refuse_unsupported(folder, diag) < 0)
		return -1;
	c->net = path_if_there(folder, "net");
	c->sysctl = path_if_there(folder, "sysctl.conf");
	c->rules4 = path_if_there(folder, "rules.v4");
	c->rules6 = path_if_there(folder, "rules.v6");
	c->want = path_if_there(folder, "want");
	if (!c->net)
		return nfr_diag_file(diag, folder, "no file `net` in it: expected a case");
	return read_inputs(c, folder, diag);
}

void nfr_case_free(struct nfr_case *c)
{
	unsigned i;

	nfr_text_free(&c->net_text);
	nfr_text_free(&c->rules4_text);
	nfr_text_free(&c->rules6_text);
	free(c->net);
	free(c->sysctl);
	free(c->rules4);
	free(c->rules6);
	free(c->want);
	free(c->local);
	free(c->any);
	for (i = 0; i < c->n_ifs; i++) {
		nfr_pcap_in_close(&c->iface[i].in);
		free(c->iface[i].capture);
	}
	memset(c, 0, sizeof(*c));
}

static void add_dev(void *user, const char *name)
{
	/* the loopback interface is every router's own and is not counted */
	if (strcmp(name, "lo") != 0)
		find_or_add(user, name);
}

/* A link without link-layer addresses: its capture is raw IP, or it is called tun. */
static int probe_link(struct nfr_case_if *iface, struct nfr_diag *diag)
{
	iface->no_arp = !strncmp(iface->name, "tun", 3);
	if (!iface->capture)
		return 0;
	if (nfr_pcap_in_open(&iface->in, iface->capture, diag) < 0)
		return -1;
	iface->no_arp = iface->in.link == NFR_PCAP_RAW;
	return 0;
}

static int load_text(struct nfr_text *text, const char *path, struct nfr_diag *diag)
{
	*text = nfr_text_string("", "");
	return path ? nfr_text_load(text, path, diag) : 0;
}

int nfr_case_complete(struct nfr_case *c, struct nfr_diag *diag)
{
	unsigned i;

	if (load_text(&c->net_text, c->net, diag) < 0 ||
	    load_text(&c->rules4_text, c->rules4, diag) < 0 ||
	    load_text(&c->rules6_text, c->rules6, diag) < 0)
		return -1;
	nfr_ip_devs(&c->net_text, add_dev, c);
	qsort(c->iface, c->n_ifs, sizeof(*c->iface), by_name);
	for (i = 0; i < c->n_ifs; i++)
		if (probe_link(&c->iface[i], diag) < 0)
			return -1;
	return 0;
}

static int add_links(const struct nfr_case *c, struct nfr_net *net, struct nfr_diag *diag)
{
	struct nfr_link link;
	unsigned k;

	for (k = 1; k <= c->n_ifs; k++) {
		memset(&link, 0, sizeof(link));
		memcpy(link.name, c->iface[k - 1].name, sizeof(link.name));
		link.up = true;
		link.no_arp = c->iface[k - 1].no_arp;
		if (!link.no_arp) {
			link.mac[0] = 2;
			link.mac[4] = (uint8_t)k;
			link.mac[5] = 1;
		}
		if (nfr_link_set(net, &link) != (int)k)
			return nfr_diag_file(diag, c->net, "no room for interface %s", link.name);
	}
	return 0;
}

static int load_sysctl(const struct nfr_case *c, struct nfr_net *net, FILE *warn,
		       struct nfr_diag *diag)
{
	struct nfr_text text;
	int status;

	if (!c->sysctl)
		return 0;
	if (nfr_text_load(&text, c->sysctl, diag) < 0)
		return -1;
	status = nfr_sysctl_load(net, &text, warn, diag);
	nfr_text_free(&text);
	return status;
}

uint32_t nfr_case_rules_kib(const struct nfr_case *c)
{
	size_t kib = 4096 + (c->rules4_text.len + c->rules6_text.len) * 16 / 1024;

	return kib < MAX_RULES_KIB ? (uint32_t)kib : MAX_RULES_KIB;
}

int nfr_case_apply(const struct nfr_case *c, struct nfr_net *net, FILE *warn, struct nfr_diag *diag)
{
	if (add_links(c, net, diag) < 0 || load_sysctl(c, net, warn, diag) < 0 ||
	    nfr_ip_load(net, &c->net_text, diag) < 0 ||
	    nfr_iptables_load(net, NFR_IPV4, &c->rules4_text, false, diag) < 0)
		return -1;
	return nfr_iptables_load(net, NFR_IPV6, &c->rules6_text, false, diag);
}
