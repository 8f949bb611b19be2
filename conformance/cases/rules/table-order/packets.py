q = udp(A, 1, B, 1)
answer(q)
udp(A, 1, R0, 1)
local(ip(R1, B) / UDP(sport=1, dport=9) / b"x")
