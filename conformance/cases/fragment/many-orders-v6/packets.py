def part(ident, offset, more, data, src=A, dst=B, first=17, before=b"", **fields):
    send(ip(src, dst, nh=44, **fields) / (bytes([first, 0]) + (offset | more).to_bytes(2, "big") + ident.to_bytes(4, "big") + data), dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[40:]
import itertools
whole = datagram(64)
for n, order in enumerate(itertools.permutations(range(4)), 1):
    for k in order:
        part(n, k * 16, k < 3, whole[k * 16:k * 16 + 16])
