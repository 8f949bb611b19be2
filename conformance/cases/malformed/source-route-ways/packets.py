def hops(*names):
    return b"".join(bytes(map(int, h.split("."))) for h in names)
def route(kind, pointer, *names, cut=0):
    return bytes([kind, 3 + 4 * len(names) - cut, pointer]) + hops(*names)[:4 * len(names) - cut]
RECORD, RECORD_FULL = bytes([7, 7, 4]) + bytes(4), bytes([7, 7, 8]) + bytes(4)
def go(option, dst=R0, sport=1, dport=9, dev="eth0", src=A, **fields):
    option += bytes(-len(option) % 4)
    send(ip(src, dst, options=[Raw(option)], **fields) / UDP(sport=sport, dport=dport) / b"x", dev=dev)
FAR, PREFERRED, BACK, UNREACHABLE, BLACKHOLE = "10.0.9.9", "10.0.8.8", "10.0.7.7", "10.0.6.6", "10.0.5.5"
for kind in (131, 137):
    for hop in (B, FAR, PREFERRED, BACK, A2, R0, R1, UNREACHABLE, BLACKHOLE, "10.0.2.255", "10.0.1.255",
                "255.255.255.255", "224.0.0.5", "0.0.0.0", "240.0.0.1", A, "99.0.0.1"):
        go(route(kind, 4, hop), sport=kind)
    go(route(kind, 4, R1, R0), sport=2)              # both its own: delivered
    go(route(kind, 4, R0, R1, B, B2), sport=2)       # the third is the first to go to
    go(route(kind, 8, B2, R1, B), sport=2)           # from the second on
    go(route(kind, 4, B, cut=2), sport=3)            # no room for a hop
    go(route(kind, 4, R1, B, cut=2), sport=3)        # the router's, then no room
    go(route(kind, 8, B2), sport=4)                  # at the end
    go(route(kind, 9, B2), sport=4)
    go(route(kind, 7, B2, B), sport=4)
    go(route(kind, 255, B2), sport=4)
    go(route(kind, 4), sport=4)                      # empty
    go(route(kind, 4, B), B2, sport=5)               # not the router's turn
    go(route(kind, 4, B), FAR, sport=5)
    go(route(kind, 4, B), A2, sport=5)               # no redirect
    go(route(kind, 4, BACK), R0, sport=5)
    go(route(kind, 4, B), UNREACHABLE, sport=5)
    go(route(kind, 4, B), "10.0.1.255", sport=5)
    go(route(kind, 4, B), sport=6, ttl=1)
    go(route(kind, 4, R1), sport=6, ttl=1)
    go(route(kind, 4, B) + b"\1" + RECORD, sport=7)  # beside record route and time stamps
    go(RECORD + b"\1" + route(kind, 4, B), sport=7)
    go(RECORD_FULL + b"\1" + route(kind, 4, B), sport=7)
    go(RECORD + b"\1" + route(kind, 4, FAR), sport=7)
    go(RECORD + b"\1" + route(kind, 4, PREFERRED), sport=7)
    go(RECORD, PREFERRED, sport=7)
    go(route(kind, 4, R1, B) + RECORD, sport=7)
    go(route(kind, 4, R1) + RECORD, sport=7)
    go(route(kind, 4, B), B, sport=8, dport=99)      # made the router's by DNAT
    go(route(kind, 4, B), sport=77)                  # another source
    go(route(kind, 4, R1), sport=77, dport=99)
    go(route(kind, 4, A), sport=9, dev="eth1", src=B)   # an interface that accepts none
    go(route(kind, 8, A), sport=9, dev="eth1", src=B)
