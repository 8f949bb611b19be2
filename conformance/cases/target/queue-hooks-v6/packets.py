for port in (1, 2, 3, 4):
    udp(A, 1, B, port)
for port in (5, 6):
    udp(A, 1, R0, port)
local(ip(R1, B) / UDP(sport=1, dport=7) / b"x")
local(ip(R1, B) / UDP(sport=1, dport=8) / b"x")
