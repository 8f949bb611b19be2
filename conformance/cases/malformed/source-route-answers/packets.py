def hops(*names):
    return b"".join(bytes(map(int, h.split("."))) for h in names)
def route(kind, pointer, *names):
    return bytes([kind, 3 + 4 * len(names), pointer]) + hops(*names)
RECORD = bytes([7, 11, 4]) + bytes(8)
FAR, UNREACHABLE = "10.0.9.9", "10.0.6.6"
def go(option, dst=R0, sport=1, dport=9, dev="eth0", body=None, **fields):
    option += bytes(-len(option) % 4)
    send(ip(A, dst, options=[Raw(option)], **fields) / (body or UDP(sport=sport, dport=dport) / b"x"), dev=dev)
for kind in (131, 137):
    for k, option in enumerate((route(kind, 8, B2, B), route(kind, 12, A2, B2, B), route(kind, 8, A, B), route(kind, 12, A, A2, B),
                                route(kind, 12, A2, A, B), route(kind, 16, B2, A2, A2), route(kind, 12, A2, A2), route(kind, 8, A2),
                                route(kind, 12, B2), route(kind, 8, FAR, B), route(kind, 8, UNREACHABLE, B), route(kind, 8, R1, B),
                                route(kind, 9, A2, B), route(kind, 10, A2, B), route(kind, 11, A2, A2),
                                route(kind, 255, A2, A2), route(kind, 4, B), route(kind, 8, A),
                                route(kind, 8, "10.0.1.255", B), route(kind, 8, "224.0.0.5", B))):
        go(option, sport=100 + k, ttl=1)                      # time exceeded, where it goes on
        go(option, sport=200 + k, dport=99)                   # refused by a rule
    go(route(kind, 8, A2, B2), B, sport=3, ttl=1)             # at another's turn
    go(route(kind, 8, A2), B, sport=3, ttl=1)
    go(route(kind, 8, A2), FAR, sport=3)
    go(route(kind, 8, A2), UNREACHABLE, sport=3)
    go(route(kind, 8, A2, B) + RECORD, sport=4, ttl=1)
    go(RECORD + b"\1" + route(kind, 8, A2, B), sport=4, dport=99)
    go(route(kind, 8, A2, B) + route(131, 4, A2), sport=5)    # twice
    go(route(kind, 8, A2, B) + bytes([7, 3, 3]), sport=5)     # a fault behind it
    go(bytes([7, 7, 3, 0, 0, 0, 0, 1]) + route(kind, 8, A2, B), sport=5)
    go(route(kind, 3, A2, B), sport=5)
    go(route(kind, 8, A2, B), sport=6, flags="DF", body=UDP(sport=6, dport=9) / bytes(1420))
    go(route(kind, 8, A2, B), sport=7, body=TCP(sport=7, dport=9, flags="S"))
    go(route(kind, 8, A2), B, body=TCP(sport=7, dport=9, flags="S"))
