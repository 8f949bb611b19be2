def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
whole = datagram(64)
for missing in range(4):
    for k in range(4):
        if k != missing:
            part(missing + 1, k * 16, k < 3, whole[k * 16:k * 16 + 16])
    part(missing + 11, missing * 16, missing < 3, whole[missing * 16:missing * 16 + 16])
    sleep(0.1)                               # each queue its own moment to time out
sleep(2.5)
for missing in range(4):
    part(missing + 1, missing * 16, missing < 3, whole[missing * 16:missing * 16 + 16])
