q = udp(A, 1000, B, 53)
for n in range(3):
    answer(q)
    udp(A, 1000, B, 53)
