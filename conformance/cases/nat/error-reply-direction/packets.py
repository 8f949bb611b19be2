q = udp(A, 1000, B, 53)
r = answer(q)
icmp_error(r, UNREACHABLE, 3 if FAMILY == "ipv4" else 4)
icmp_error(r, UNREACHABLE, 1, src="10.0.1.3")
