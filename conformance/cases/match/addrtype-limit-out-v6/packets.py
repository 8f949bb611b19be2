local(ip(R0, A) / UDP(sport=9, dport=1) / b"y")
local(ip(R1, A) / UDP(sport=9, dport=1) / b"y")
local(ip(R0, R1) / UDP(sport=9, dport=1) / b"y")
udp(A, 1, B, 9)
