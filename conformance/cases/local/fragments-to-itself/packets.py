datagram = bytes(UDP(sport=1000, dport=53, len=88) / Raw(bytes(80)))
for at in range(0, 88, 32):
    local(ip(R1, R0, proto=17, id=7, frag=at // 8, flags=int(at + 32 < 88)) / Raw(datagram[at:at + 32]))
