/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a segment leads, by the state it finds, its direction and its flags: what Linux 6.18
 * answers when it is driven through all of them (conformance/tables/tcp-states.py; the unit test
 * goes through the recorded answers once more).
 *
 * The states are named by the segment that the connection has seen last: FIN_WAIT after the first
 * FIN, of whichever side; CLOSE_WAIT after its acknowledgement; LAST_ACK after the second FIN. An
 * ACK of either side moves on: Linux does not look at which FIN it acknowledges. Neither do
 * segments that come twice move back: a FIN in LAST_ACK may be a retransmission of either.
 *
 * Original is who sent the first SYN, or the first segment seen. What a sane stack would never
 * send is INVALID in the original direction, where it is the sender who is wrong. Of the reply
 * direction SYN/ACKs are only ignored: they may answer a SYN that we misjudged, and tell us so.
 */
#include "ct/tcp.h"

enum {
	SS = NFR_TCP_SYN_SENT,
	SR = NFR_TCP_SYN_RECV,
	ES = NFR_TCP_ESTABLISHED,
	FW = NFR_TCP_FIN_WAIT,
	CW = NFR_TCP_CLOSE_WAIT,
	LA = NFR_TCP_LAST_ACK,
	TW = NFR_TCP_TIME_WAIT,
	CL = NFR_TCP_CLOSE,
	S2 = NFR_TCP_SYN_SENT2,
	IG = NFR_TCP_IGNORE,
	IV = NFR_TCP_INVALID,
};

/* clang-format off */
const uint8_t nfr_tcp_next_state[NFR_TCP_MAX][NFR_CT_DIR_MAX][NFR_TCP_INDEX_MAX] = {
	/*                        SYN SYN/ACK FIN ACK RST none */
	[NFR_TCP_NONE] = {
		{ SS, IV, IV, ES, IV, IV }, /* an ACK: picked up midway */
		{ IV, IV, IV, IV, IV, IV },
	},
	[NFR_TCP_SYN_SENT] = {
		{ SS, IV, IV, IV, CL, IV },
		{ S2, SR, IV, IG, CL, IV }, /* SYN: both at once; ACK: a challenge, perhaps */
	},
	[NFR_TCP_SYN_RECV] = {
		{ IG, SR, FW, ES, CL, IV }, /* SYN/ACK: the other half of a simultaneous open */
		{ IV, IG, FW, SR, CL, IV }, /* ACK: of data in the SYN; not the handshake's end */
	},
	[NFR_TCP_ESTABLISHED] = {
		{ IG, IV, FW, ES, CL, IV }, /* SYN: a new connection that we know nothing of? */
		{ IV, IG, FW, ES, CL, IV },
	},
	[NFR_TCP_FIN_WAIT] = {
		{ IG, IV, LA, CW, CL, IV },
		{ IV, IG, LA, CW, CL, IV },
	},
	[NFR_TCP_CLOSE_WAIT] = {
		{ IG, IV, LA, CW, CL, IV },
		{ IV, IG, LA, CW, CL, IV },
	},
	[NFR_TCP_LAST_ACK] = {
		{ IG, IV, LA, TW, CL, IV },
		{ IV, IG, LA, TW, CL, IV },
	},
	[NFR_TCP_TIME_WAIT] = {
		{ SS, IV, TW, TW, CL, IV }, /* SYN: opens anew, if the end was a proper one */
		{ SS, IG, TW, TW, CL, IV }, /* and so from the other side */
	},
	[NFR_TCP_CLOSE] = {
		{ SS, IV, CL, CL, CL, IV },
		{ IV, IG, CL, CL, CL, IV },
	},
	[NFR_TCP_SYN_SENT2] = {
		{ S2, SR, IV, IV, CL, IV },
		{ S2, SR, IV, IG, CL, IV },
	},
};
/* clang-format on */

const char *nfr_tcp_state_name(unsigned state)
{
	static const char *const names[NFR_TCP_MAX] = {
		"NONE",	      "SYN_SENT", "SYN_RECV",  "ESTABLISHED", "FIN_WAIT",
		"CLOSE_WAIT", "LAST_ACK", "TIME_WAIT", "CLOSE",	      "SYN_SENT2",
	};

	return state < NFR_TCP_MAX ? names[state] : "?";
}
