victim = udp(A, 1000, B, 53)
attacker = udp(B, 53, R1, 1000)
udp(B2, 53, R1, 1000)
answer(victim)
