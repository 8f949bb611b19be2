/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a packet is invalid, in the kernel's words: to the trace of a watched packet, and under
 * nf_conntrack_log_invalid to the log, where the text stands before the packet as a prefix.
 */
#include "base/str.h"
#include "ct/l4.h"
#include "ct/tcp.h"

#define LINE_MAX_LEN 192u
#define LOG_INVALID_ALL 255

/* A line that is put together from text and numbers; cut off at its end, never beyond. */
struct line {
	char text[LINE_MAX_LEN];
	size_t len;
};

static void put_char(struct line *line, char c)
{
	if (line->len + 1 < LINE_MAX_LEN)
		line->text[line->len++] = c;
	line->text[line->len] = 0;
}

static void put_text(struct line *line, const char *s)
{
	while (*s)
		put_char(line, *s++);
}

static void put_u32(struct line *line, uint32_t v)
{
	char digits[10];
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (n)
		put_char(line, digits[--n]);
}

/* Four digits: a piece of an IPv6 address, as the kernel's %pI6 writes it. */
static void put_hex16(struct line *line, uint32_t v)
{
	for (int shift = 12; shift >= 0; shift -= 4)
		put_char(line, "0123456789abcdef"[v >> shift & 15]);
}

/* As few digits as it takes: the kernel's %x. */
static void put_hex32(struct line *line, uint32_t v)
{
	int shift = 28;

	while (shift && !(v >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put_char(line, "0123456789abcdef"[v >> shift & 15]);
}

/* why, with %u replaced by the next value, %x by its four hexadecimal digits, %h by as many as it
 * takes, and %t by the name of the TCP state of that number. */
static void put_why(struct line *line, const char *why, const uint32_t *value)
{
	for (; *why; why++) {
		if (*why != '%') {
			put_char(line, *why);
			continue;
		}
		why++;
		if (*why == 'u')
			put_u32(line, *value++);
		else if (*why == 'x')
			put_hex16(line, *value++);
		else if (*why == 'h')
			put_hex32(line, *value++);
		else
			put_text(line, nfr_tcp_state_name(*value++));
	}
}

static void trace_why(struct nfr_ctnet *net, const struct nfr_pkt *pkt,
		      const struct nfr_hook_state *state, const char *text)
{
	struct nfr_trace trace;

	memset(&trace, 0, sizeof(trace));
	trace.kind = NFR_TRACE_NOTE;
	trace.pkt = pkt;
	trace.state = state;
	trace.note = text;
	net->env->sink.trace(net->env->sink.user, &trace);
}

static void log_why(struct nfr_ctnet *net, const struct nfr_pkt *pkt, uint8_t protonum,
		    const struct nfr_hook_state *state, const char *text)
{
	struct line line = {.len = 0};
	struct nfr_log log;

	put_text(&line, "nf_ct_proto_");
	put_u32(&line, protonum);
	put_text(&line, ": ");
	put_text(&line, text);
	put_char(&line, ' ');
	memset(&log, 0, sizeof(log));
	log.pkt = pkt;
	log.state = state;
	log.prefix = line.text;
	log.level = 5;
	log.flags = NFR_LOG_TCPSEQ | NFR_LOG_TCPOPT | NFR_LOG_IPOPT | NFR_LOG_UID;
	net->env->sink.log(net->env->sink.user, &log);
}

void nfr_ct_log_invalid(struct nfr_ctnet *net, const struct nfr_pkt *pkt, uint8_t protonum,
			const struct nfr_hook_state *state, const char *why, const uint32_t *value)
{
	int32_t wanted = net->env->sysctl.ct_log_invalid;
	bool log = wanted == protonum || wanted == LOG_INVALID_ALL;
	struct line line = {.len = 0};

	if (!log && !nfr_pkt_watched(pkt))
		return;
	put_why(&line, why, value);
	if (nfr_pkt_watched(pkt))
		trace_why(net, pkt, state, line.text);
	if (log)
		log_why(net, pkt, protonum, state, line.text);
}
