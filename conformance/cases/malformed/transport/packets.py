key = ("proto", "nh")[FAMILY == "ipv6"]
icmp = 1 if FAMILY == "ipv4" else 58
for protocol in (6, 17, 136, icmp, 132, 47, 33, 50, 51):
    for length in (0, 1, 4, 7, 8, 11, 12, 19, 20):
        send(ip(A, B, **{key: protocol}) / (bytes([8 if protocol == 1 else 128, 0]) + bytes(range(2, 12)) + b"\x50" + bytes(7))[:length])
for ports in ((0, 9), (9, 0), (0, 0)):
    send(ip(A2, B) / UDP(sport=ports[0], dport=ports[1]) / b"x")
    send(ip(A2, B) / TCP(sport=ports[0], dport=ports[1], flags="S"))
send(ip(A2, B) / UDP(sport=1, dport=2, chksum=0) / b"x")
send(ip(A2, B) / UDP(sport=1, dport=3, chksum=0xdead) / b"x")
send(ip(A2, B) / TCP(sport=1, dport=2, flags="S", chksum=0))
for flags in ("", "S", "SF", "SR", "FR", "FSRPAU", "U", "P", "F"):
    send(ip(A2, B) / TCP(sport=2, dport=len(flags) + 100, flags=flags))
