def init(tag, kind=SCTPChunkInit):
    return kind(init_tag=tag, a_rwnd=1000, n_out_streams=1, n_in_streams=1, init_tsn=1)
def say(out, tag, chunk):                    # whoever received out answers
    seen = out[0]
    return send(ip(seen.dst, seen.src) / SCTP(sport=seen.pkt[SCTP].dport, dport=seen.pkt[SCTP].sport, tag=tag) / chunk, seen.dev)
for server in (B, R0):
    q = send(ip(A, server) / SCTP(sport=1000, dport=2000, tag=0) / init(0x11))
    r = say(q, 0x11, init(0x22, SCTPChunkInitAck))
    q = say(r, 0x22, SCTPChunkCookieEcho(cookie=b"abcd"))
    r = say(q, 0x11, SCTPChunkCookieAck())
    q = say(r, 0x22, SCTPChunkData(data=b"some data"))
    icmp_error(q)
    icmp_error(q, quote=28 + (FAMILY == "ipv6") * 20)
    for host in (A2, ("10.0.1.4", "fd00:1::4")[FAMILY == "ipv6"]):
        send(ip(host, server) / SCTP(sport=1000, dport=2000, tag=0) / init(0x33))
