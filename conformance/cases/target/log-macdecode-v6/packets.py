udp(A, 1, B, 9)
udp(A, 1, R0, 9)
local(ip(R0, A) / UDP(sport=9, dport=1) / b"y")
