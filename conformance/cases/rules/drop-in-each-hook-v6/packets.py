for port in range(1, 7):
    udp(A, 1000, B, port)
for port in range(7, 10):
    udp(A, 1000, R0, port)
for port in range(10, 14):
    local(ip(R1, B) / UDP(sport=1000, dport=port) / b"x")
