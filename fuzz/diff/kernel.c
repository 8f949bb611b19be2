/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The machine's kernel, as conformance/lib/kernel.py drives it, but fast.
 *
 * Each scenario has two new namespaces, so that nothing of an earlier one is left: no rate limit
 * half used up, no path MTU learnt. A frame is sent on the wire's end of a veth pair. The kernel
 * does the whole work on the CPU that sends, in that CPU's backlog, which is a queue: a marker sent
 * behind the frame on the wire's loopback comes back when everything before it is done; four of
 * them let a chain of four links be done. The process must stay on one CPU.
 *
 * What is delivered comes from a chain behind conntrack's last hook, which logs to this process and
 * drops: the local stack takes no part. LOG and TRACE of all namespaces go to one kernel log: a lock
 * that the conformance suite's recorder takes too is held for each step, and only what appears
 * meanwhile is taken for the step's.
 */
#include "kernel.h"

#include "base/bytes.h"
#include "base/csum.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define JIFFY_NS 4000000u
#define START_NS (253u * JIFFY_NS) /* the jiffy of a scenario's first packet */
#define EDGE_NS 300000u  /* what a packet's way may take */
#define TICK_NS 100000u  /* how late a tick mostly is, and more than that */
#define MARKER_TYPE 0x88b5
#define MARKERS 4
#define NFLOG_GROUP 1
#define KMSG_LOCK "/tmp/nfref-kmsg.lock"
#define ALL_NETNS "/proc/sys/net/netfilter/nf_log_all_netns"

static const char guard[] =
	"table inet guard {\n"
	" chain delivered { type filter hook input priority 2147483647; policy drop;"
	" log group 1 snaplen 65535 queue-threshold 1; }\n"
	" chain reports { type filter hook output priority -500; icmpv6 type 143 drop; }\n"
	"}\n";

/* A new namespace takes IPv4's from the first one; a scenario means Linux's defaults. */
static const char *const preset[][2] = {
	{"ipv6/conf/all/accept_dad", "0"},	    {"ipv6/conf/default/accept_dad", "0"},
	{"ipv6/conf/all/addr_gen_mode", "1"},	    {"ipv6/conf/default/addr_gen_mode", "1"},
	{"ipv6/conf/all/router_solicitations", "0"}, {"ipv6/conf/default/router_solicitations", "0"},
	{"ipv6/conf/all/accept_ra", "0"},	    {"ipv6/conf/default/accept_ra", "0"},
};
static const char *const preset4[][2] = {
	{"accept_local", "0"},	   {"accept_redirects", "1"}, {"log_martians", "0"},
	{"route_localnet", "0"},   {"rp_filter", "0"},	      {"secure_redirects", "1"},
	{"send_redirects", "1"},   {"shared_media", "1"},     {"src_valid_mark", "0"},
	{"proxy_arp", "0"},	   {"promote_secondaries", "0"}, {"bc_forwarding", "0"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t diff_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* Where the jiffy ends that Linux is in. Jiffies begin with the multiples of 4 ms, but go on when the
 * tick comes, which may be late. The coarse clock goes on with them, by whole ticks too, and is up
 * to one behind. */
static uint64_t end_of_jiffy_ns(void)
{
	uint64_t coarse = clock_ns(CLOCK_MONOTONIC_COARSE);

	return ((coarse + JIFFY_NS - TICK_NS) / JIFFY_NS + 1) * JIFFY_NS;
}

/* A time that is in Linux's jiffy, and not at its edge: what is counted in jiffies then comes out the
 * same. */
static uint64_t stamp_ns(void)
{
	uint64_t now = diff_now_ns(), end = end_of_jiffy_ns(), started = now;

	while (now + EDGE_NS > end && now - started < 2 * JIFFY_NS) {
		now = diff_now_ns();
		end = end_of_jiffy_ns();
	}
	return now < end ? now : end - 1;
}

static bool bad(struct diff_kernel *k, const char *what)
{
	diff_put(&k->why, "%s: %s", what, strerror(errno));
	return false;
}

/* ---- once ---- */

static void pin(unsigned worker)
{
	cpu_set_t all, one;
	unsigned cpu, n = 0;

	sched_getaffinity(0, sizeof(all), &all);
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && n++ == worker % (unsigned)CPU_COUNT(&all))
			break;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

void diff_kernel_prepare(unsigned worker)
{
	char lockfile[64];
	int fd = open(ALL_NETNS, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1\n", 2) != 2)
		diff_die(ALL_NETNS ": %s", strerror(errno));
	close(fd);
	pin(worker);
	snprintf(lockfile, sizeof(lockfile), "/tmp/nfref-diff-%d.lock", (int)getpid());
	setenv("XTABLES_LOCKFILE", lockfile, 1);
}

/* ---- set-up ---- */

static void enter(int netns)
{
	if (setns(netns, CLONE_NEWNET) < 0)
		diff_die("setns: %s", strerror(errno));
}

static int new_netns(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		diff_die("a new network namespace: %s", strerror(errno));
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static bool write_presets(struct diff_kernel *k)
{
	char path[128];
	size_t i;

	for (i = 0; i < COUNT(preset); i++)
		if (!diff_sysctl_write(preset[i][0], preset[i][1]))
			return bad(k, preset[i][0]);
	for (i = 0; i < COUNT(preset4) * 2; i++) {
		snprintf(path, sizeof(path), "ipv4/conf/%s/%s", i & 1 ? "all" : "default",
			 preset4[i / 2][0]);
		if (!diff_sysctl_write(path, preset4[i / 2][1]))
			return bad(k, path);
	}
	return true;
}

static void offloads_off(const char *dev)
{
	static const uint32_t command[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO,
					   ETHTOOL_SGRO};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ethtool_value value = {0};
	struct ifreq request = {0};
	size_t i;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	request.ifr_data = (void *)&value;
	for (i = 0; i < COUNT(command); i++) {
		value.cmd = command[i];
		ioctl(fd, SIOCETHTOOL, &request);
	}
	close(fd);
}

static int open_tun(const char *dev)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
		diff_die("/dev/net/tun: %s", strerror(errno));
	return fd;
}

static bool run_batch(struct diff_kernel *k, const char *text)
{
	static const char *const ip[] = {"ip", "-batch", "-", NULL};

	return diff_tool(ip, text, NULL, &k->why);
}

static bool make_links(struct diff_kernel *k)
{
	struct diff_text lines = {0};
	unsigned i, n = k->s->n_ifs;
	const char *dev;
	bool done;

	diff_put(&lines, "link set lo up\n");
	for (i = 1; i <= n; i++) {
		dev = diff_dev(k->s, i);
		if (diff_is_tun(k->s, i)) /* the last one: groups are sent on the first interface */
			break;
		diff_put(&lines,
			 "link add %s address 02:00:00:00:%02x:01 type veth peer name %s "
			 "netns /proc/%d/fd/%d\nlink set %s up\n",
			 dev, i, dev, (int)getpid(), k->wire, dev);
	}
	done = run_batch(k, lines.p);
	if (done && k->s->tun) {
		k->tun[n] = open_tun(diff_dev(k->s, n));
		done = run_batch(k, "link set tun0 up\n");
	}
	for (i = 1; i <= n; i++)
		if (!diff_is_tun(k->s, i))
			offloads_off(diff_dev(k->s, i));
	diff_text_free(&lines);
	return done;
}

/* The other end: silent by itself. */
static bool make_wire(struct diff_kernel *k)
{
	struct diff_text lines = {0};
	unsigned i;
	bool done;

	enter(k->wire);
	done = diff_sysctl_write("ipv6/conf/all/disable_ipv6", "1") &&
	       diff_sysctl_write("ipv6/conf/default/disable_ipv6", "1");
	diff_put(&lines, "link set lo up\n");
	for (i = 1; i <= k->s->n_ifs; i++) {
		if (diff_is_tun(k->s, i))
			continue;
		offloads_off(diff_dev(k->s, i));
		diff_put(&lines, "link set %s mtu 65535 arp off up\n", diff_dev(k->s, i));
	}
	done = done && run_batch(k, lines.p);
	diff_text_free(&lines);
	enter(k->router);
	return done;
}

static bool set_sysctls(struct diff_kernel *k)
{
	const char *p = diff_str(&k->s->sysctl), *end;
	char path[160], value[64], *c;

	for (; (end = strchr(p, '\n')); p = end + 1) {
		if (sscanf(p, "net.%150s = %60s", path, value) != 2)
			diff_die("no sysctl: %.80s", p);
		for (c = path; *c; c++)
			*c = (char)(*c == '.' ? '/' : *c);
		if (!diff_sysctl_write(path, value)) {
			k->refused = true;
			return bad(k, path);
		}
	}
	return true;
}

/* An IPv6 address is the router's once a work queue of the kernel has put its route in. */
static bool await_addresses(struct diff_kernel *k)
{
	uint64_t deadline = diff_now_ns() + 3000000000u;
	unsigned wanted = 0, found;
	const char *p = diff_str(&k->s->net);
	char line[256];
	FILE *f;

	for (; (p = strstr(p, "addr add fd00:")); p++)
		wanted++;
	while (diff_now_ns() < deadline) {
		f = fopen("/proc/net/ipv6_route", "re");
		for (found = 0; f && fgets(line, sizeof(line), f);)
			found += !strncmp(line, "fd00", 4) && strstr(line, " 80200001 ");
		if (f)
			fclose(f);
		if (found >= wanted)
			return true;
		usleep(500);
	}
	diff_put(&k->why, "IPv6 addresses are not there in time");
	return false;
}

static void add_neighbours(struct diff_kernel *k)
{
	unsigned i;

	for (i = 1; i <= k->s->n_ifs; i++) {
		uint8_t mac[6] = {2, 0, 0, 0, (uint8_t)i, 0xfe};
		uint8_t ip4[4] = {10, 0, (uint8_t)i, 1}, ip6[16] = {0xfd, 0, 0, (uint8_t)i};
		int index = (int)if_nametoindex(diff_dev(k->s, i));

		if (diff_is_tun(k->s, i))
			continue;
		ip6[15] = 1;
		diff_neighbours(index, 4, ip4, 0, 254, mac);
		if (!strstr(diff_str(&k->s->sysctl), "disable_ipv6 = 1"))
			diff_neighbours(index, 6, ip6, 2, 63, mac);
	}
}

static void open_packet(struct diff_kernel *k)
{
	int size = 64 << 20, one = 1;
	unsigned i;

	enter(k->wire);
	k->packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(3));
	setsockopt(k->packet, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(k->packet, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	k->wire_lo = (int)if_nametoindex("lo");
	for (i = 1; i <= k->s->n_ifs; i++)
		k->wire_index[i] = (int)if_nametoindex(diff_dev(k->s, i));
	enter(k->router);
}

static void open_sockets(struct diff_kernel *k)
{
	int one = 1;

	k->raw4 = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	setsockopt(k->raw4, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	k->raw6 = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	setsockopt(k->raw6, IPPROTO_IPV6, IPV6_HDRINCL, &one, sizeof(one));
	open_packet(k);
	if (!k->s->logs)
		return;
	k->kmsg_lock = open(KMSG_LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	k->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (k->kmsg < 0 || k->kmsg_lock < 0)
		diff_die("/dev/kmsg: %s", strerror(errno));
	lseek(k->kmsg, 0, SEEK_END);
}

static bool load_rules(struct diff_kernel *k)
{
	static const char *const tool[2][2] = {{"iptables-legacy-restore", NULL},
					       {"ip6tables-legacy-restore", NULL}};
	unsigned i;

	for (i = 0; i < 2; i++)
		if (k->s->rules[i].len &&
		    !diff_tool(tool[i], k->s->rules[i].p, NULL, &k->why))
			return false;
	return true;
}

static bool configure(struct diff_kernel *k)
{
	static const char *const nft[] = {"nft", "-f", "-", NULL};

	k->wire = new_netns();
	k->router = new_netns();
	if (!write_presets(k) || !make_links(k) || !make_wire(k) ||
	    !diff_tool(nft, guard, NULL, &k->why))
		return false;
	k->nflog = diff_nflog_open(NFLOG_GROUP);
	if (k->nflog < 0)
		return bad(k, "NFLOG");
	if (!set_sysctls(k))
		return false;
	if (!run_batch(k, diff_str(&k->s->net)))
		return !(k->refused = true);
	k->events = diff_events_open(); /* before the rules: CT --ctevents needs a listener */
	if (!k->events)
		return bad(k, "conntrack events");
	if (!load_rules(k))
		return !(k->refused = true);
	return true;
}

bool diff_kernel_open(struct diff_kernel *k, const struct diff_scenario *s,
		      struct diff_record *record)
{
	unsigned i;

	memset(k, 0, sizeof(*k));
	k->s = s;
	k->record = record;
	k->packet = k->raw4 = k->raw6 = k->nflog = k->kmsg = k->kmsg_lock = -1;
	for (i = 0; i <= DIFF_MAX_IFS; i++)
		k->tun[i] = -1;
	k->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (!configure(k) || !await_addresses(k))
		return false;
	add_neighbours(k);
	open_sockets(k);
	return true;
}

/* ---- the kernel's log ---- */

static void read_log(struct diff_kernel *k, struct diff_text *to)
{
	char record[8192], *line, *end;
	ssize_t n;

	while ((n = read(k->kmsg, record, sizeof(record) - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue;
		record[n] = '\0';
		line = strchr(record, ';');
		if (!to || !line || !strstr(line, "IN=") || !strstr(line, "OUT="))
			continue;
		end = strchr(++line, '\n');
		diff_put_bytes(to, line, end ? (size_t)(end - line) : strlen(line));
		diff_put(to, "\n");
	}
}

static void log_begin(struct diff_kernel *k)
{
	if (k->kmsg < 0)
		return;
	flock(k->kmsg_lock, LOCK_EX);
	read_log(k, NULL); /* what is there came from elsewhere */
}

static void log_end(struct diff_kernel *k)
{
	if (k->kmsg < 0)
		return;
	read_log(k, &k->record->result[DIFF_LOG]);
	flock(k->kmsg_lock, LOCK_UN);
}

/* ---- packets ---- */

/* The loopback leaves the sum of the pseudo-header where the checksum would be: finishes it. */
static void complete(uint8_t *ip, uint32_t len)
{
	uint8_t family = ip[0] >> 4, proto;
	uint32_t l4, at, sum;

	if (len < 40 || (family != 4 && family != 6))
		return;
	l4 = family == 4 ? (ip[0] & 15) * 4u : 40u;
	proto = family == 4 ? ip[9] : ip[6];
	at = l4 + (proto == IPPROTO_TCP ? 16 : 6);
	if ((proto != IPPROTO_TCP && proto != IPPROTO_UDP) || len < at + 2 ||
	    (family == 4 && (nfr_get16(ip + 6) & 0x1fff)))
		return;
	sum = nfr_csum_pseudo(family == 4 ? NFR_IPV4 : NFR_IPV6, ip, proto, len - l4);
	if (nfr_get16(ip + at) != nfr_csum_fold(sum))
		return;
	sum = (uint16_t)~nfr_csum_fold(nfr_csum_add(0, ip + l4, len - l4));
	nfr_put16(ip + at, (uint16_t)(sum ? sum : 0xffff));
}

static void on_delivered(void *user, uint8_t *data, uint32_t len)
{
	if (len)
		complete(data, len);
	diff_record_out(user, 0, data, len);
}

static unsigned wire_dev(const struct diff_kernel *k, int ifindex)
{
	unsigned i;

	for (i = 1; i <= k->s->n_ifs; i++)
		if (k->wire_index[i] == ifindex)
			return i;
	return 0;
}

/* Reads until the marker is back. */
static bool read_wire(struct diff_kernel *k, struct diff_step *step)
{
	static uint8_t buf[1 << 17];
	uint64_t deadline = 0;
	struct sockaddr_ll from;
	socklen_t from_len;
	ssize_t n;

	while (true) {
		from_len = sizeof(from);
		n = recvfrom(k->packet, buf, sizeof(buf), 0, (struct sockaddr *)&from, &from_len);
		if (n >= 0 && ntohs(from.sll_protocol) == MARKER_TYPE)
			return true;
		if (n >= 0 && ntohs(from.sll_protocol) == 0x0806) {
			diff_put(&k->why, "the router asks for %u.%u.%u.%u by ARP", buf[38], buf[39],
				 buf[40], buf[41]);
			return false;
		}
		if (n >= 0 && wire_dev(k, from.sll_ifindex) && step)
			diff_record_out(step, wire_dev(k, from.sll_ifindex), buf, (uint32_t)n);
		if (n >= 0)
			continue;
		if (!deadline)
			deadline = diff_now_ns() + 5000000000u;
		else if (diff_now_ns() > deadline)
			return bad(k, "the marker did not come back");
	}
}

static bool settle(struct diff_kernel *k, struct diff_step *step)
{
	static const uint8_t marker[60] = {2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x88, 0xb5};
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = k->wire_lo};
	static uint8_t buf[1 << 17];
	unsigned i;
	ssize_t n;

	for (i = 0; i < MARKERS; i++) {
		if (sendto(k->packet, marker, sizeof(marker), 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0)
			return bad(k, "marker");
		if (!read_wire(k, step))
			return false;
	}
	for (i = 1; i <= k->s->n_ifs; i++)
		while (k->tun[i] >= 0 && (n = read(k->tun[i], buf, sizeof(buf))) > 0)
			if (step)
				diff_record_out(step, i, buf, (uint32_t)n);
	if (step)
		diff_nflog_read(k->nflog, on_delivered, step);
	return true;
}

static void send_local(struct diff_kernel *k, const uint8_t *ip, uint32_t len)
{
	struct sockaddr_in to4 = {.sin_family = AF_INET};
	struct sockaddr_in6 to6 = {.sin6_family = AF_INET6};
	const struct sockaddr_in any4 = to4;
	const struct sockaddr_in6 any6 = to6;
	int tos = ip[1];

	/* bound to its source, where that is the router's, as a program's socket is; an error of
	 * sendto() says that it is dropped: that is Linux's answer */
	if (ip[0] >> 4 == 6) {
		memcpy(&to6.sin6_addr, ip + 8, 16);
		if (bind(k->raw6, (struct sockaddr *)&to6, sizeof(to6)) < 0)
			bind(k->raw6, (const struct sockaddr *)&any6, sizeof(any6));
		memcpy(&to6.sin6_addr, ip + 24, 16);
		sendto(k->raw6, ip, len, 0, (struct sockaddr *)&to6, sizeof(to6));
	} else {
		setsockopt(k->raw4, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
		memcpy(&to4.sin_addr, ip + 12, 4);
		if (bind(k->raw4, (struct sockaddr *)&to4, sizeof(to4)) < 0)
			bind(k->raw4, (const struct sockaddr *)&any4, sizeof(any4));
		memcpy(&to4.sin_addr, ip + 16, 4);
		sendto(k->raw4, ip, len, 0, (struct sockaddr *)&to4, sizeof(to4));
	}
}

static bool send_one(struct diff_kernel *k, unsigned dev, const uint8_t *data, uint32_t len)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = k->wire_index[dev]};

	if (dev == 0)
		send_local(k, data, len);
	else if (k->tun[dev] >= 0)
		return write(k->tun[dev], data, len) >= 0 || errno == EINVAL || bad(k, "tun0");
	else if (sendto(k->packet, data, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return bad(k, "frame");
	return true;
}

struct diff_step *diff_kernel_send(struct diff_kernel *k, unsigned dev, const uint8_t *data,
				   uint32_t len)
{
	struct diff_record *r = k->record;
	struct diff_step *step;
	uint64_t now;
	bool done;

	/* what a timer sent since belongs to the step before */
	if (!settle(k, r->n_steps ? &r->step[r->n_steps - 1] : NULL))
		return NULL;
	log_begin(k);
	now = stamp_ns();
	if (!k->started_ns)
		k->started_ns = now / JIFFY_NS * JIFFY_NS;
	step = diff_record_step(r, dev, START_NS + now - k->started_ns, data, len);
	done = send_one(k, dev, data, len) && settle(k, step);
	log_end(k);
	return done ? step : NULL;
}

/* ---- the end ---- */

static void save_rules(struct diff_kernel *k)
{
	static const char *const tool[2][3] = {{"iptables-legacy-save", "-c", NULL},
					       {"ip6tables-legacy-save", "-c", NULL}};
	unsigned i;

	for (i = 0; i < 2; i++)
		if (k->s->rules[i].len)
			diff_tool(tool[i], "", &k->record->result[DIFF_RULES4 + i], &k->why);
}

bool diff_kernel_finish(struct diff_kernel *k)
{
	struct diff_record *r = k->record;
	uint8_t family;

	if (r->n_steps && !settle(k, &r->step[r->n_steps - 1]))
		return false;
	for (family = 4; family <= 6; family += 2)
		diff_conntrack_dump(family, &r->result[DIFF_CONNTRACK]);
	for (family = 4; family <= 6; family += 2)
		diff_expect_dump(family, &r->result[DIFF_EXPECT]);
	diff_events_close(k->events, &r->result[DIFF_EVENTS]);
	k->events = NULL;
	save_rules(k);
	return !k->why.len;
}

void diff_kernel_close(struct diff_kernel *k)
{
	int *fd[] = {&k->packet, &k->raw4, &k->raw6, &k->nflog, &k->kmsg, &k->kmsg_lock};
	struct diff_text lost = {0};
	unsigned i;

	for (i = 0; i < COUNT(fd); i++)
		if (*fd[i] >= 0)
			close(*fd[i]);
	for (i = 1; i <= DIFF_MAX_IFS; i++)
		if (k->tun[i] >= 0)
			close(k->tun[i]);
	if (k->events)
		diff_events_close(k->events, &lost);
	diff_text_free(&lost);
	enter(k->home);
	close(k->home);
	close(k->wire);
	close(k->router);
	diff_text_free(&k->why);
}
