def route(kind, pointer, *hops):
    raw = bytes([kind, 3 + 4 * len(hops), pointer]) + b"".join(bytes(map(int, h.split("."))) for h in hops) + b"\0"
    return IPOption(raw)
def go(src, dst, option):
    send(ip(src, dst, options=[option]) / UDP(sport=1, dport=9) / b"x", dev="eth0")
for kind in (131, 137):
    go(A, R0, route(kind, 4, B))
    go(A, R0, route(kind, 4, "10.0.9.9"))
    go(A, R0, route(kind, 4, B, B2))
    go(A, R0, route(kind, 8, B))
    go(A, R0, route(kind, 4, R1, B))
    go(A, R0, route(kind, 4, "127.0.0.1"))
    go(A, B, route(kind, 4, B2))
    go(A, R0, route(kind, 5, B))
