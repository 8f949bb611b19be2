fragment = bytes([17, 0, 0, 1, 0, 0, 0, 9])
for n in range(9):
    send(ip(A, B, nh=44) / Raw(fragment[:n]))
later = bytes([17, 0, 0, 9, 0, 0, 0, 9])
for n in range(9):
    send(ip(A, B, nh=44) / Raw(later[:n]))
options = bytes([44, 0, 1, 4, 0, 0, 0, 0])
for n in (1, 2, 3, 7, 8, 9, 15):
    send(ip(A, B, nh=60) / Raw((options + fragment)[:n]))
udp(A, 1, B, 2)
