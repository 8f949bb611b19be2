q = udp(A, 1000, B, 53, b"x" * 100)
answer(q, b"y" * 200)
udp(A, 1000, B, 53, b"x" * 50)
