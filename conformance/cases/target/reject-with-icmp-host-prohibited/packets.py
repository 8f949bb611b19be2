udp(A, 1, B, 9, b"forwarded")
udp(A, 1, R0, 9, b"delivered")
tcp(A, 1, B, 9)
