/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is read by netlink: delivered packets (NFLOG), events and tables of conntrack in the words
 * of the conntrack tool, whose library prints them; and neighbours, of which there are many.
 */
#include "kernel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER (32 << 20)
#define MESSAGE_MAX (1u << 18)

/* ---- NFLOG ---- */

static struct nlmsghdr *log_request(char *buf, unsigned group)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_UNSPEC;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons((uint16_t)group);
	return nlh;
}

static bool acknowledged(int fd, const struct nlmsghdr *nlh)
{
	char answer[4096];
	ssize_t n;

	if (send(fd, nlh, nlh->nlmsg_len, 0) < 0)
		return false;
	n = recv(fd, answer, sizeof(answer), 0);
	return n > 0 && mnl_cb_run(answer, (size_t)n, 0, 0, NULL, NULL) >= 0;
}

static bool configure(int fd, unsigned group)
{
	struct nfulnl_msg_config_cmd cmd = {.command = NFULNL_CFG_CMD_BIND};
	struct nfulnl_msg_config_mode mode = {.copy_range = htonl(65535),
					      .copy_mode = NFULNL_COPY_PACKET};
	char buf[1024];
	struct nlmsghdr *nlh = log_request(buf, group);

	mnl_attr_put(nlh, NFULA_CFG_CMD, sizeof(cmd), &cmd);
	if (!acknowledged(fd, nlh))
		return false;
	nlh = log_request(buf, group);
	mnl_attr_put(nlh, NFULA_CFG_MODE, sizeof(mode), &mode);
	mnl_attr_put_u32(nlh, NFULA_CFG_NLBUFSIZ, htonl(131072));
	mnl_attr_put_u32(nlh, NFULA_CFG_QTHRESH, htonl(1));
	return acknowledged(fd, nlh);
}

static int open_socket(int protocol)
{
	struct sockaddr_nl any = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), size = BUFFER;

	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		diff_die("netlink: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

int diff_nflog_open(unsigned group)
{
	int fd = open_socket(NETLINK_NETFILTER);

	if (!configure(fd, group)) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

struct logged {
	void (*packet)(void *user, uint8_t *data, uint32_t len);
	void *user;
};

static int on_logged(const struct nlmsghdr *nlh, void *data)
{
	struct logged *logged = data;
	struct nlattr *attr;

	if (nlh->nlmsg_type != (NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_PACKET))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFULA_PAYLOAD)
			logged->packet(logged->user, mnl_attr_get_payload(attr),
				       mnl_attr_get_payload_len(attr));
	return MNL_CB_OK;
}

void diff_nflog_read(int fd, void (*packet)(void *user, uint8_t *data, uint32_t len), void *user)
{
	static char buf[MESSAGE_MAX];
	struct logged logged = {packet, user};
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		mnl_cb_run(buf, (size_t)n, 0, 0, on_logged, &logged);
}

/* ---- events ---- */

static int on_event(enum nf_conntrack_msg_type type, struct nf_conntrack *ct, void *data)
{
	char line[2048];

	nfct_snprintf(line, sizeof(line), ct, type, NFCT_O_DEFAULT, NFCT_OF_SHOW_LAYER3);
	diff_put(data, "%s\n", line);
	return NFCT_CB_CONTINUE;
}

void *diff_events_open(void)
{
	struct nfct_handle *handle = nfct_open(CONNTRACK, NF_NETLINK_CONNTRACK_NEW |
								  NF_NETLINK_CONNTRACK_UPDATE |
								  NF_NETLINK_CONNTRACK_DESTROY);
	int size = BUFFER;

	if (!handle)
		return NULL;
	setsockopt(nfct_fd(handle), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	fcntl(nfct_fd(handle), F_SETFL, O_NONBLOCK);
	return handle;
}

void diff_events_close(void *events, struct diff_text *to)
{
	nfct_callback_register(events, NFCT_T_ALL, on_event, to);
	while (nfct_catch(events) >= 0)
		;
	nfct_close(events);
}

/* ---- tables ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends the lines of from in order of their text. */
static void put_sorted(struct diff_text *to, struct diff_text *from)
{
	char **line = NULL, *save = NULL, *p;
	size_t n = 0, i;

	for (p = from->p ? strtok_r(from->p, "\n", &save) : NULL; p;
	     p = strtok_r(NULL, "\n", &save)) {
		if (n % 64 == 0)
			line = diff_grow(line, (n + 64) * sizeof(*line));
		line[n++] = p;
	}
	if (n)
		qsort(line, n, sizeof(*line), by_text);
	for (i = 0; i < n; i++)
		diff_put(to, "%s\n", line[i]);
	free(line);
	diff_text_free(from);
}

static int on_connection(enum nf_conntrack_msg_type type, struct nf_conntrack *ct, void *data)
{
	(void)type;
	return on_event(NFCT_T_UNKNOWN, ct, data);
}

void diff_conntrack_dump(uint8_t family, struct diff_text *to)
{
	struct nfct_handle *handle = nfct_open(CONNTRACK, 0);
	uint32_t af = family == 4 ? AF_INET : AF_INET6;
	struct diff_text found = {0};

	if (!handle)
		diff_die("nfnetlink: %s", strerror(errno));
	nfct_callback_register(handle, NFCT_T_ALL, on_connection, &found);
	if (nfct_query(handle, NFCT_Q_DUMP, &af) < 0)
		diff_die("conntrack table: %s", strerror(errno));
	nfct_close(handle);
	put_sorted(to, &found);
}

static int on_expectation(enum nf_conntrack_msg_type type, struct nf_expect *exp, void *data)
{
	char line[2048];

	(void)type;
	nfexp_snprintf(line, sizeof(line), exp, NFCT_T_UNKNOWN, NFCT_O_DEFAULT, 0);
	diff_put(data, "%s\n", line);
	return NFCT_CB_CONTINUE;
}

void diff_expect_dump(uint8_t family, struct diff_text *to)
{
	struct nfct_handle *handle = nfct_open(EXPECT, 0);
	uint32_t af = family == 4 ? AF_INET : AF_INET6;
	struct diff_text found = {0};

	if (!handle)
		diff_die("nfnetlink: %s", strerror(errno));
	nfexp_callback_register(handle, NFCT_T_ALL, on_expectation, &found);
	if (nfexp_query(handle, NFCT_Q_DUMP, &af) < 0)
		diff_die("expectations: %s", strerror(errno));
	nfct_close(handle);
	put_sorted(to, &found);
}

/* ---- neighbours ---- */

static void put_neighbour(char *buf, int ifindex, uint8_t family, const uint8_t *addr,
			  const uint8_t mac[6])
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ndmsg *ndm;

	nlh->nlmsg_type = RTM_NEWNEIGH;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL;
	ndm = mnl_nlmsg_put_extra_header(nlh, sizeof(*ndm));
	ndm->ndm_family = family == 4 ? AF_INET : AF_INET6;
	ndm->ndm_ifindex = ifindex;
	ndm->ndm_state = NUD_PERMANENT;
	mnl_attr_put(nlh, NDA_DST, family == 4 ? 4 : 16, addr);
	mnl_attr_put(nlh, NDA_LLADDR, 6, mac);
}

void diff_neighbours(int ifindex, uint8_t family, const uint8_t *addr, unsigned first,
		     unsigned last, const uint8_t mac[6])
{
	static char buf[65536];
	int fd = open_socket(NETLINK_ROUTE);
	size_t len = 0;
	uint8_t host[16];
	unsigned i;

	memcpy(host, addr, family == 4 ? 4 : 16);
	for (i = first; i <= last; i++) {
		host[family == 4 ? 3 : 15] = (uint8_t)i;
		if (!memcmp(host, addr, family == 4 ? 4 : 16))
			continue;
		put_neighbour(buf + len, ifindex, family, host, mac);
		len += ((struct nlmsghdr *)(void *)(buf + len))->nlmsg_len;
		if (len > sizeof(buf) - 256 || i == last) {
			if (send(fd, buf, len, 0) < 0)
				diff_die("neighbours: %s", strerror(errno));
			len = 0;
		}
	}
	if (len)
		send(fd, buf, len, 0);
	close(fd);
}
