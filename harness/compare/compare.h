/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `nfref compare WANT GOT`: whether two recordings of a case say the same.
 */
#ifndef NFR_HARNESS_COMPARE_COMPARE_H
#define NFR_HARNESS_COMPARE_COMPARE_H

#include "compare/bind.h"
#include "diag.h"

#include <stdio.h>

#define NFR_CMP_MAX_RANGES 64

struct nfr_cmp_range {
	uint16_t min, max;
};

/* State of one comparison. */
struct nfr_cmp {
	const char *want, *got; /* the folders */
	FILE *out;              /* where differences are told */
	bool colour;
	bool all;               /* tell the first difference of every file, not only of all */
	unsigned n_differences;
	bool trial;             /* a flow that may be bound counts as bound, but is not */
	struct nfr_bind bind;
	struct nfr_cmp_flows chosen; /* whose ports Linux's NAT chose: a bit for each end */
	struct nfr_cmp_flows drawn;  /* the same without the port: a bit for each range that it is of */
	struct nfr_cmp_range range[NFR_CMP_MAX_RANGES]; /* that the rules confine them to */
	unsigned n_ranges;
	bool free_choice;       /* a rule leaves source ports to NAT: any range may be left */
	bool random_dst;        /* a rule picks destination ports at random */
	bool arrived_known;     /* the case's inputs lie beside WANT */
	uint8_t *arrived;       /* a hash of their identifications and flow labels, a bit each; read late */
};

/* WANT is a folder, or a cooked capture of a router, whose outgoing packets count. GOT is a folder.
 * 0: they say the same; 1: they differ, the first difference is told on out; -1: diag. */
int nfr_compare(const char *want, const char *got, FILE *out, bool all, struct nfr_diag *diag);

/* ---- the parts ---- */

/* Packets are equal up to what may differ. Binds ports. `raw`: no Ethernet header. */
bool nfr_cmp_packet(struct nfr_cmp *cmp, bool raw, const uint8_t *want, uint32_t want_len,
		    const uint8_t *got, uint32_t got_len);
/* Whether the ports got may stand for the wanted ones; binds them when they may. */
bool nfr_cmp_ports(struct nfr_cmp *cmp, const struct nfr_ends *want, const uint16_t got[2]);

/* Which ports Linux's NAT chose: from its connections, events and rules. */
int nfr_cmp_learn(struct nfr_cmp *cmp, struct nfr_diag *diag);
/* Whether a forwarded packet could have brought this one's identification or flow label along; an
 * error or reset only as one that came in, of the same kind and length. */
bool nfr_cmp_arrived(struct nfr_cmp *cmp, const uint8_t *ip, uint32_t len, bool is_error);
bool nfr_cmp_arrived_id4(struct nfr_cmp *cmp, uint16_t id);
/* Notes the identification of an IP packet that came in. */
void nfr_cmp_take_id(struct nfr_cmp *cmp, const uint8_t *ip, uint32_t len);
void nfr_cmp_free(struct nfr_cmp *cmp);

enum nfr_cmp_style {
	NFR_CMP_EXACT,   /* rules: comment lines do not count */
	NFR_CMP_LOG,
	NFR_CMP_EVENTS,
	NFR_CMP_TABLE,   /* connections, expectations: in any order */
	NFR_CMP_LISTS,   /* sets, services: in any order */
};

/* Compare one file of both folders. 0, or -1 with diag; differences are counted and told. */
int nfr_cmp_text(struct nfr_cmp *cmp, const char *name, enum nfr_cmp_style style,
		 struct nfr_diag *diag);
int nfr_cmp_steps(struct nfr_cmp *cmp, struct nfr_diag *diag);
int nfr_cmp_pcap(struct nfr_cmp *cmp, const char *name, struct nfr_diag *diag);
int nfr_cmp_cooked(struct nfr_cmp *cmp, struct nfr_diag *diag);

/* Lines are equal up to what may differ. Binds ports. */
bool nfr_cmp_line(struct nfr_cmp *cmp, enum nfr_cmp_style style, const char *want,
		  const char *got);

/* ---- telling ---- */

/* Counts a difference and prints its headline. */
__attribute__((format(printf, 2, 3))) void nfr_cmp_differ(struct nfr_cmp *cmp, const char *fmt,
							  ...);
/* Both packets field by field, and the bytes around the first that differs. */
void nfr_cmp_show_packets(struct nfr_cmp *cmp, bool raw, const uint8_t *want, uint32_t want_len,
			  const uint8_t *got, uint32_t got_len);
/* Only one side has it. */
void nfr_cmp_show_packet(struct nfr_cmp *cmp, bool raw, const uint8_t *p, uint32_t len);
/* Either may be NULL. */
void nfr_cmp_show_lines(struct nfr_cmp *cmp, const char *want, const char *got);

#endif
