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
for step in range(1, 10):
    life(1000 + step, step)
life(1010, 6)                                # the server shuts down
sctp(B, 2000, A, 1010, 0x11, SCTPChunkShutdown(cumul_tsn_ack=1))
life(1011, 6)
sctp(B, 2000, A, 1011, 0x11, SCTPChunkShutdown(cumul_tsn_ack=1))
sctp(A, 1011, B, 2000, 0x22, SCTPChunkShutdownAck())
life(1012, 4)                                # an abort
sctp(B, 2000, A, 1012, 0x11, SCTPChunkAbort())
sctp(A, 1013, B, 2000, 0x22, SCTPChunkHeartbeatReq())
sctp(A, 1014, B, 2000, 0x22, SCTPChunkHeartbeatReq())
sctp(B, 2000, A, 1014, 0x22, SCTPChunkHeartbeatAck())
