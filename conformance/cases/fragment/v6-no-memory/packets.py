head = ip(A, B)
send(head / IPv6ExtHdrFragment(nh=17, id=7, offset=0, m=1) / Raw(bytes(UDP(sport=1, dport=2, len=24)) + b"12345678"))
send(head / IPv6ExtHdrFragment(nh=17, id=7, offset=2, m=0) / Raw(b"12345678"))
udp(A, 1000, B, 53)
