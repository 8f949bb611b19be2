q = tcp(A, 1000, B, 80)
icmp_error(q, UNREACHABLE, 1)
icmp_error(q, TIME_EXCEEDED, 0, src="10.0.2.3")      # from a router on the way
icmp_error(q, PROBLEM, 0, src="10.0.2.3")
