udp(A, 1, R0, 9)
udp(A, 1, R1, 9)
local(ip(R0, A) / UDP(sport=1, dport=2) / b"x")
local(ip(R1, A) / UDP(sport=1, dport=2) / b"x")
