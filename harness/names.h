/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of protocols and services.
 *
 * Protocols are a table of nfref's own, so that the same rules are printed the same everywhere:
 * those names that Debian's /etc/protocols has (iptables-save prints them), and the few aliases
 * that iptables knows without it. Services are looked up in the system's database, which only
 * reads: iptables-save always prints numbers.
 */
#ifndef NFR_HARNESS_NAMES_H
#define NFR_HARNESS_NAMES_H

/* Number of a protocol's name (in any case) or NULL-terminated number text in C notation; `all`
 * is 0. -1: neither, or beyond 255. */
int nfr_proto_parse(const char *text);

/* NULL when the number has no name. */
const char *nfr_proto_name(unsigned number);

/* Port of a service's name, in host order; proto is "tcp", "udp" or NULL for any. -1: unknown. */
int nfr_service_port(const char *name, const char *proto);

#endif
