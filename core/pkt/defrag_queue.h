/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A datagram being reassembled: what defrag.c, its store of fragments and the two families share.
 */
#ifndef NFR_PKT_DEFRAG_QUEUE_H
#define NFR_PKT_DEFRAG_QUEUE_H

#include "pkt/defrag.h"

/* Fragments that may meet. Compared and hashed as bytes: no padding. */
struct nfr_frag_key {
	union nfr_addr src, dst;
	nfr_be32 id;
	uint8_t iif[2]; /* IPv6, only for addresses that mean something else on each link */
	uint8_t zone[2];
	uint8_t protonum; /* IPv4 */
	uint8_t family;
	uint8_t user;
	uint8_t unused[5];
};

/* A fragment that has arrived, as its family understands it. */
struct nfr_frag_in {
	struct nfr_frag_key key;
	uint32_t off, end;    /* of its payload within the datagram */
	uint32_t hlen;        /* bytes before the payload */
	uint32_t nexthdr_off; /* IPv6: the field that says "fragment header" */
	bool more, df;
	uint8_t ecn; /* 1 << the two bits */
};

#define NFR_FRAG_REGIONS 64u /* of 1 KiB, that a datagram's 64 KiB are divided into */

struct nfr_frag_queue {
	struct nfr_frag_key key;
	uint64_t expires_ns;
	uint32_t hash_next;
	uint32_t timer_link;
	uint32_t first_run, last_run; /* chunks */
	uint32_t region[NFR_FRAG_REGIONS]; /* first run that begins there, 0 for none */
	uint32_t len;  /* of the datagram's payload, as far as known */
	uint32_t meat; /* bytes of it that are there */
	uint32_t max_size, max_df_size; /* largest fragment, largest with DF */
	uint32_t mem;  /* accounted */
	uint32_t peer; /* IPv4: the source */
	uint32_t rid;  /* the source's count of fragments when this queue had its last one */
	uint32_t nexthdr_off;
	uint16_t iif; /* interface of the last fragment that came in on one, 0 for none */
	bool first_in, last_in;
	uint8_t ecn;
	struct nfr_pkt first; /* metadata of the fragment at offset 0 */
};

#define NFR_CHUNK_SIZE 2048u
#define NFR_CHUNK_DATA (NFR_CHUNK_SIZE - 32u)

/*
 * Stored bytes of a fragment, headers included. Fragments that arrived in order, each where the
 * one before it ended, form a run; runs are in order of offset.
 */
struct nfr_chunk {
	uint32_t more;     /* rest of this fragment's bytes */
	uint32_t next;     /* fragment behind it in the run */
	uint32_t next_run; /* of a run's first fragment: the next run */
	uint32_t run_last; /* likewise: its last fragment */
	uint32_t run_end;  /* likewise: where its payload ends */
	uint32_t off;      /* of the payload in the datagram */
	uint16_t len;      /* of the payload */
	uint16_t hlen;     /* of the headers stored before it */
	uint8_t roomy;     /* it came from a tun, whose packets have room before them */
	uint8_t unused[3];
	uint8_t data[NFR_CHUNK_DATA];
};

static inline struct nfr_chunk *nfr_chunk_at(const struct nfr_frags *frags, uint32_t idx)
{
	return nfr_pool_at(&frags->chunks, idx);
}

/* ---- store of fragments: defrag_queue.c ---- */

enum nfr_frag_insert {
	NFR_FRAG_INSERTED,
	NFR_FRAG_DUP,     /* lies within what is there */
	NFR_FRAG_OVERLAP, /* lies across it */
};

/* Copies headers and payload of a fragment; 0: not enough chunks. */
uint32_t nfr_frag_store(struct nfr_frags *frags, const struct nfr_pkt *pkt,
			const struct nfr_frag_in *in);
void nfr_frag_free(struct nfr_frags *frags, uint32_t idx);

/* Puts a stored fragment where it belongs; it stays the caller's unless NFR_FRAG_INSERTED. */
enum nfr_frag_insert nfr_frag_insert(struct nfr_frags *frags, struct nfr_frag_queue *q,
				     uint32_t idx);

/* Frees all fragments of a queue. */
void nfr_frag_free_all(struct nfr_frags *frags, struct nfr_frag_queue *q);

/* Copies n bytes of a stored fragment, from `from` on of its headers and payload. */
void nfr_frag_copy(const struct nfr_frags *frags, uint32_t idx, uint32_t from, uint32_t n,
		   uint8_t *to);

/* NULL, or what is wrong with the order of a queue's fragments. */
const char *nfr_frag_check_runs(const struct nfr_frags *frags, const struct nfr_frag_queue *q);

/* ---- families: defrag4.c, defrag6.c ---- */

enum nfr_frag_parse {
	NFR_FRAG_NO,   /* not for reassembly: it goes on as it is */
	NFR_FRAG_BAD,  /* drop it */
	NFR_FRAG_TAKE,
};

enum nfr_frag_fate {
	NFR_FRAG_KEEP,
	NFR_FRAG_REFUSE,          /* drop it */
	NFR_FRAG_REFUSE_KILL,     /* and all of its datagram */
	NFR_FRAG_PASS_KILL,       /* give up the datagram, let this one go on */
};

struct nfr_defrag_family {
	enum nfr_frag_parse (*parse)(const struct nfr_pkt *pkt, struct nfr_frag_in *in);
	/* What the fragment's bounds say beside those that came before; notes the length. */
	enum nfr_frag_fate (*bounds)(struct nfr_frag_queue *q, struct nfr_frag_in *in);
	/* The size that is remembered of a fragment that was taken. */
	uint32_t (*size)(const struct nfr_frag_in *in);
	/* Bytes of the first fragment's headers that the datagram keeps. */
	uint32_t (*kept_hlen)(const struct nfr_frag_queue *q, uint32_t hlen);
	/* Makes the header right: pkt holds kept_hlen bytes of it and the payload. */
	void (*finish)(struct nfr_frag_queue *q, struct nfr_pkt *pkt, const uint8_t *frag_hdr);
	/* Whether the sender learns that reassembly took too long, and by which error; pkt is the
	 * first fragment. */
	bool (*tells_timeout)(struct nfr_env *env, const struct nfr_frag_queue *q,
			      struct nfr_pkt *pkt, uint8_t *type, uint8_t *code);
};

extern const struct nfr_defrag_family nfr_defrag4, nfr_defrag6;

#endif
