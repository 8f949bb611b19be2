key = ("proto", "nh")[FAMILY == "ipv6"]
for kind in range(0, 16):
    for tag in (0, 5):
        send(ip(A, B) / SCTP(sport=1000 + kind, dport=2000 + tag, tag=tag) / Raw(bytes([kind, 0, 0, 20]) + (7).to_bytes(4, "big") + bytes(12)))
