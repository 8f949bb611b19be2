q = udp(A, 1000, R1, 53)
icmp_error(q, UNREACHABLE, 3 if FAMILY == "ipv4" else 4)
