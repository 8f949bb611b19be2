udp(A, 1, R0, 9)
udp(B, 1, R1, 9)          # dropped
local(ip(R0, A) / UDP(sport=1, dport=9) / b"x")
local(ip(R1, B) / UDP(sport=1, dport=9) / b"x")     # dropped
