zones = (0, 0x10, 0x20, 0x30, 0x40)
pairs = [(first, second) for first in zones for second in zones]
for port, (first, second) in enumerate(pairs, 1):
    sleep(0.02)
    udp(A, 1000, B, port, tos=first)
    udp(A, 1000, B, port, tos=second)
for port, (first, second) in enumerate(pairs, 101):
    sleep(0.02)
    udp(A, 1000, B, port, tos=first)
    udp(B, port, A, 1000, tos=second)
for port, (first, second) in enumerate(pairs[:5], 201):
    tcp(A, 1000, B, port, fields={"tos": first})
    tcp(A, 1000, B, port, fields={"tos": second})
