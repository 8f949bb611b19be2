first = udp(A, 1000, B, 53)       # leaves as A2:1000
second = udp(A2, 1000, B, 53)     # A2 itself, the same port: must move
answer(first)
answer(second)
