def part(ident, offset, more, data, src=A, dst=B, **fields):
    send(ip(src, dst, proto=17, id=ident, flags="MF" if more else 0, frag=offset // 8, **fields) / data, dev="eth0")
def datagram(size, src=A, dst=B):
    return bytes(ip(src, dst) / UDP(sport=1, dport=9) / (b"x" * (size - 8)))[20:]
import itertools
whole = datagram(64)
for n, order in enumerate(itertools.permutations(range(4)), 1):
    for k in order:
        part(n, k * 16, k < 3, whole[k * 16:k * 16 + 16])
