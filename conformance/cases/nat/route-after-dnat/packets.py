q = udp(B, 1000, "10.0.2.99", 53)
answer(q)
