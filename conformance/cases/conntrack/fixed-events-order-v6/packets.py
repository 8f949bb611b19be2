a = udp(A, 1000, B, 53)
b = udp(A2, 1000, B, 53)
answer(b)
answer(a)
