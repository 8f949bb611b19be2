g = send(ip(A, B, proto=47) / Raw(b"\x20\0\x08\0\0\0\0\x07" + b"inner"))
icmp_error(g, UNREACHABLE, 1)
i = send(ip(A, B, proto=4) / Raw(bytes(ip("192.0.2.1", "192.0.2.2") / UDP(sport=1, dport=2))))
icmp_error(i, UNREACHABLE, 1)
