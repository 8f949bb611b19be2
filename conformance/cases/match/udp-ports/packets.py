for port in (52, 53, 60, 61):
    udp(A, 1, B, port)
for port in (999, 1000, 2000, 2001, 0, 65535):
    udp(A, port, B, 53)
