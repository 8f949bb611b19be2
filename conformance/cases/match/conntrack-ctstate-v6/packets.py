q = udp(A, 1000, B, 53)
udp(A, 1000, B, 53)
icmp_error(q, UNREACHABLE, 1)
answer(q)
udp(A, 1000, B, 53)
stray = ip(B, A) / UDP(sport=5, dport=6) / b"never seen"
send(ip(A, B) / (ICMP(type=3, code=3) if FAMILY == "ipv4" else ICMPv6DestUnreach(code=4)) / Raw(bytes(stray)))
