/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

static const struct {
	const char *name;
	unsigned number;
} protocols[] = {
	{"icmp", 1},
	{"igmp", 2},
	{"ggp", 3},
	{"ipencap", 4},
	{"st", 5},
	{"tcp", 6},
	{"egp", 8},
	{"igp", 9},
	{"pup", 12},
	{"udp", 17},
	{"hmp", 20},
	{"xns-idp", 22},
	{"rdp", 27},
	{"iso-tp4", 29},
	{"dccp", 33},
	{"xtp", 36},
	{"ddp", 37},
	{"idpr-cmtp", 38},
	{"ipv6", 41},
	{"ipv6-route", 43},
	{"ipv6-frag", 44},
	{"idrp", 45},
	{"rsvp", 46},
	{"gre", 47},
	{"esp", 50},
	{"ah", 51},
	{"skip", 57},
	{"ipv6-icmp", 58},
	{"ipv6-nonxt", 59},
	{"ipv6-opts", 60},
	{"rspf", 73},
	{"vmtp", 81},
	{"eigrp", 88},
	{"ospf", 89},
	{"ax.25", 93},
	{"ipip", 94},
	{"etherip", 97},
	{"encap", 98},
	{"pim", 103},
	{"ipcomp", 108},
	{"vrrp", 112},
	{"l2tp", 115},
	{"isis", 124},
	{"sctp", 132},
	{"fc", 133},
	{"mobility-header", 135},
	{"udplite", 136},
	{"mpls-in-ip", 137},
	{"manet", 138},
	{"hip", 139},
	{"shim6", 140},
	{"wesp", 141},
	{"rohc", 142},
	{"ethernet", 143},
	/* read only: the first name of a number is the one that is printed */
	{"all", 0},
	{"ip", 0},
	{"hopopt", 0},
	{"icmpv6", 58},
	{"mh", 135},
	{"ipv6-mh", 135},
};

#define N_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

int nfr_proto_parse(const char *text)
{
	unsigned long number;
	char *end;
	size_t i;

	errno = 0;
	number = strtoul(text, &end, 0);
	if (end != text && !*end)
		return errno || number > 255 ? -1 : (int)number;
	for (i = 0; i < N_PROTOCOLS; i++)
		if (!strcasecmp(protocols[i].name, text))
			return (int)protocols[i].number;
	return -1;
}

const char *nfr_proto_name(unsigned number)
{
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++)
		if (protocols[i].number == number)
			return number ? protocols[i].name : NULL;
	return NULL;
}

int nfr_service_port(const char *name, const char *proto)
{
	const struct servent *service = getservbyname(name, proto);

	return service ? ntohs((uint16_t)service->s_port) : -1;
}
