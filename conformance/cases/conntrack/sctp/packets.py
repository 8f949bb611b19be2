def sctp(src, sport, dst, dport, tag, *chunks):
    return send(ip(src, dst) / SCTP(sport=sport, dport=dport, tag=tag) / chunks[0] if len(chunks) == 1 else ip(src, dst) / SCTP(sport=sport, dport=dport, tag=tag) / chunks[0] / chunks[1])
sctp(A, 1000, B, 2000, 0, SCTPChunkInit(init_tag=0x1111, a_rwnd=1000, n_out_streams=1, n_in_streams=1, init_tsn=1))
sctp(B, 2000, A, 1000, 0x1111, SCTPChunkInitAck(init_tag=0x2222, a_rwnd=1000, n_out_streams=1, n_in_streams=1, init_tsn=1))
sctp(A, 1000, B, 2000, 0x2222, SCTPChunkCookieEcho(cookie=b"abcd"))
sctp(B, 2000, A, 1000, 0x1111, SCTPChunkCookieAck())
sctp(A, 1000, B, 2000, 0x2222, SCTPChunkShutdown(cumul_tsn_ack=1))
sctp(B, 2000, A, 1000, 0x1111, SCTPChunkShutdownAck())
sctp(A, 1000, B, 2000, 0x2222, SCTPChunkShutdownComplete())
