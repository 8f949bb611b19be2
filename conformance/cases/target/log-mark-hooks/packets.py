udp(A, 1, B, 1)
udp(A, 1, R0, 1)
local(ip(R1, B) / UDP(sport=1, dport=1) / b"x")
local(ip(R0, R0) / UDP(sport=1, dport=1) / b"x")
