for a, b in ((A, B), ("fd00:1::2", "fd00:2::2")):
    for port, ttl in enumerate((64, 10, 64, 12, 64, 11, 64), 1000):
        for proto in (UDP(sport=port, dport=53), TCP(sport=port, dport=80, flags="S"), ICMP(id=port) if ":" not in a else ICMPv6EchoRequest(id=port)):
            send(ip(a, b, ttl=ttl) / proto)
