/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Neighbours: link-layer addresses of next hops. Nothing is resolved here: a next hop without an
 * entry is taken to be at 02:00:00:00:0k:fe, k being the interface, which is how cases are
 * recorded. So an interface without entries has one header for all of its unicast packets, made
 * when the interface changes. Broadcast and multicast addresses map to Ethernet's (RFC 1112,
 * RFC 2464).
 */
#include "base/hash.h"
#include "stack/fib.h"

static uint32_t bucket_of(const struct nfr_fib *fib, uint16_t ifindex, uint8_t family,
			  const union nfr_addr *addr)
{
	uint64_t low = nfr_le64(addr->b) ^ (uint64_t)ifindex << 48 ^ family;

	return (uint32_t)nfr_hash_2(&fib->env->hash_key, low, nfr_le64(addr->b + 8)) &
	       fib->neigh_mask;
}

static struct nfr_neigh *neigh_at(const struct nfr_fib *fib, uint32_t idx)
{
	return nfr_pool_at(&fib->neighs, idx);
}

static struct nfr_neigh *neigh_find(const struct nfr_fib *fib, uint16_t ifindex, uint8_t family,
				    const union nfr_addr *addr)
{
	uint32_t idx = fib->neigh_bucket[bucket_of(fib, ifindex, family, addr)];

	while (idx) {
		struct nfr_neigh *n = neigh_at(fib, idx);

		if (n->ifindex == ifindex && n->family == family && nfr_addr_eq(&n->addr, addr))
			return n;
		idx = n->next;
	}
	return NULL;
}

enum nfr_status nfr_fib_neigh_set(struct nfr_fib *fib, uint16_t ifindex, uint8_t family,
				  const union nfr_addr *addr, const uint8_t mac[6])
{
	struct nfr_neigh *n = neigh_find(fib, ifindex, family, addr);
	uint32_t *bucket = &fib->neigh_bucket[bucket_of(fib, ifindex, family, addr)];
	uint32_t idx;

	if (!n) {
		idx = nfr_pool_get(&fib->neighs);
		if (!idx)
			return NFR_ENOMEM;
		n = neigh_at(fib, idx);
		n->addr = *addr;
		n->ifindex = ifindex;
		n->family = family;
		n->next = *bucket;
		*bucket = idx;
		fib->link[ifindex - 1].n_neigh++;
		fib->link[ifindex - 1].plain_output = false;
	}
	memcpy(n->mac, mac, sizeof(n->mac));
	return NFR_OK;
}

/* Makes the header to next hops without an entry anew, after the interface changed. */
void nfr_fib_link_cache(struct nfr_fib *fib, uint16_t ifindex)
{
	const struct nfr_link *link = &fib->env->iface[ifindex - 1].link;
	struct nfr_link_cache *cache = &fib->link[ifindex - 1];
	uint8_t *h = cache->header;

	memset(h, 0, sizeof(cache->header));
	cache->header_len = link->no_arp && !link->loopback ? 0 : NFR_LINK_HLEN;
	cache->plain_output = link->up && !link->no_arp && !link->loopback && !cache->n_neigh;
	if (!link->loopback) {
		h[0] = 2;
		h[4] = (uint8_t)ifindex;
		h[5] = 0xfe;
		memcpy(h + 6, link->mac, sizeof(link->mac));
	}
	h[12] = 0x08;
}

/* The Ethernet address that an address of many stands for; false for unicast. */
static bool map_to_ether(const struct nfr_pkt *pkt, uint8_t *mac)
{
	const uint8_t *a = pkt->dst.gateway.b;

	if (pkt->family == NFR_IPV6) {
		if (a[0] != 0xff)
			return false;
		mac[0] = mac[1] = 0x33;
		memcpy(mac + 2, a + 12, 4);
		return true;
	}
	if (pkt->dst.type == NFR_RTN_BROADCAST) {
		memset(mac, 0xff, 6);
		return true;
	}
	if ((a[0] & 0xf0) != 0xe0)
		return false;
	memcpy(mac, (const uint8_t[3]){0x01, 0x00, 0x5e}, 3);
	mac[3] = a[1] & 0x7f;
	mac[4] = a[2];
	mac[5] = a[3];
	return true;
}

const uint8_t *nfr_neigh_make_header(const struct nfr_fib *fib, const struct nfr_pkt *pkt,
				     uint8_t header[NFR_LINK_HLEN])
{
	const struct nfr_link_cache *cache = &fib->link[pkt->dst.oif - 1];
	const struct nfr_neigh *n;

	memcpy(header, cache->header, NFR_LINK_HLEN);
	if (pkt->family == NFR_IPV6) {
		header[12] = 0x86;
		header[13] = 0xdd;
	}
	if (map_to_ether(pkt, header) || !cache->n_neigh)
		return header;
	n = neigh_find(fib, pkt->dst.oif, pkt->family, &pkt->dst.gateway);
	if (n)
		memcpy(header, n->mac, sizeof(n->mac));
	return header;
}
