q = udp(B, 1000, R1, 8080)
icmp_error(q, TIME_EXCEEDED, 0, src="10.0.1.3")
icmp_error(q, UNREACHABLE, 3)
