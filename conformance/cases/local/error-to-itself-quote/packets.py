for n in (200, 300, 900):
    send(ip(R0, "192.0.2.4") / UDP(sport=1000, dport=53) / Raw(bytes(n)), dev="eth1")
