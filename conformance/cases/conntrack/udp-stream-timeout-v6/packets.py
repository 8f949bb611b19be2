q = udp(A, 1000, B, 53)
answer(q)
sleep(2.4)
answer(q)
