def sctp(src, sport, dst, dport, tag, *chunks):
    packet = ip(src, dst) / SCTP(sport=sport, dport=dport, tag=tag)
    for chunk in chunks:
        packet = packet / chunk
    return send(packet)
def init(tag, kind=SCTPChunkInit):
    return kind(init_tag=tag, a_rwnd=1000, n_out_streams=1, n_in_streams=1, init_tsn=1)
def life(port, last):
    steps = [(A, 0, init(0x11)), (B, 0x11, init(0x22, SCTPChunkInitAck)), (A, 0x22, SCTPChunkCookieEcho(cookie=b"abcd")),
             (B, 0x11, SCTPChunkCookieAck()), (A, 0x22, SCTPChunkData(data=b"data")), (B, 0x11, SCTPChunkSACK(cumul_tsn_ack=1, a_rwnd=1000)),
             (A, 0x22, SCTPChunkShutdown(cumul_tsn_ack=1)), (B, 0x11, SCTPChunkShutdownAck()), (A, 0x22, SCTPChunkShutdownComplete())]
    for side, tag, chunk in steps[:last]:
        if side == A:
            sctp(A, port, B, 2000, tag, chunk)
        else:
            sctp(B, 2000, A, port, tag, chunk)
packet = bytearray(bytes(ip(A, B) / SCTP(sport=1000, dport=2000, tag=0) / init(0x11)))
send(bytes(packet), dev="eth0")
packet[-1] ^= 1
packet[(20, 40)[FAMILY == "ipv6"] + 1] ^= 1
send(bytes(packet), dev="eth0")
