def routed(kind, left, words=2, dst=R0):
    header = bytes([17, words, kind, left]) + bytes(4) + (b"\xfd\0\0\2" + bytes(11) + b"\2") * (words // 2)
    udp_ = UDP(sport=1, dport=9) / b"x"
    send(ip(A, dst, nh=43) / (header[:8 + 8 * words] + bytes(udp_)))
for kind in (0, 2, 3, 4, 5, 253):
    for left in (0, 1, 2):
        routed(kind, left)
        routed(kind, left, dst=B)
routed(2, 1, words=4)
routed(0, 0, words=0)
