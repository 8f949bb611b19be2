q = udp(A, 1000, B, 53, b"question")
e = ip(q[0].src, B) / ICMP(type=3, code=3) / Raw(bytes(q[0].raw))
send(ip(B, q[0].src) / ICMP(type=3, code=1) / Raw(bytes(e)))
