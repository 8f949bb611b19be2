for host in ("fd00:1::9", "fd00:1::2", "fd00:1::4", "fd00:1::5", "fd00:1::6"):
    udp(host, 1, B, 9)
udp(A, 1, B2, 9)
