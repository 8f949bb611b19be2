rr = IPOption(b"\x07\x0b\x04" + bytes(9))
for src, dev in ((A, "eth0"), ("192.0.2.5", "eth0"), ("192.0.2.5", "eth2"), ("198.51.100.5", "eth0"), ("203.0.113.5", "eth0"), ("10.0.3.5", "eth2"), ("10.0.3.5", "eth0"), ("10.77.0.1", "eth2")):
    for dst in (B, R1):
        send(ip(src, dst, options=[rr]) / UDP(sport=1000, dport=53) / b"x", dev=dev)
        send(ip(src, dst, ttl=1, options=[rr]) / UDP(sport=1000, dport=53) / b"x", dev=dev)
    sleep(1)
