udp_bytes = bytes(UDP(sport=1000, dport=53, len=48)) + b"r" * 40
head = ip(A, R0)
total = in6_chksum(17, head, udp_bytes)
udp_bytes = udp_bytes[:6] + total.to_bytes(2, "big") + udp_bytes[8:]
send(head / IPv6ExtHdrFragment(nh=17, id=7, offset=0, m=1) / Raw(udp_bytes[:24]))
send(head / IPv6ExtHdrFragment(nh=17, id=7, offset=3, m=0) / Raw(udp_bytes[24:]))
