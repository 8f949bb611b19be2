/* SPDX-License-Identifier: BSD-2-Clause */
#include "ct/tcp.h"
const uint8_t nfr_tcp_next_state[NFR_CT_DIR_MAX][NFR_TCP_INDEX_MAX][NFR_TCP_MAX] = {{{0}}};
