for port, dst in enumerate(("fd00:2::2", "fe80::77", "fd00:1::1", "fe80::1"), 9):
    udp(A, port, dst, port, dev="eth0")
