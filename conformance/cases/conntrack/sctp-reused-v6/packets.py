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
life(1000, 5)
sctp(A, 1000, B, 2000, 0, init(0x33))
sctp(B, 2000, A, 1000, 0x33, init(0x44, SCTPChunkInitAck))
sctp(A, 1000, B, 2000, 0x44, SCTPChunkCookieEcho(cookie=b"abcd"))
life(1001, 7)
sctp(A, 1001, B, 2000, 0, init(0x33))
life(1002, 9)
sctp(A, 1002, B, 2000, 0, init(0x33))
life(1003, 5)
sctp(A, 1003, B, 2000, 0x22, SCTPChunkAbort())
sctp(A, 1003, B, 2000, 0, init(0x33))
life(1004, 1)
sctp(B, 2000, A, 1004, 0, init(0x55))        # both at once
life(1005, 5)
sctp(A, 1005, B, 2000, 0x22, SCTPChunkHeartbeatReq())
sctp(B, 2000, A, 1005, 0x11, SCTPChunkHeartbeatAck())
sctp(A, 1005, B, 2000, 0x99, SCTPChunkData(data=b"a wrong tag"))
