q = udp(A, 1000, B, 53)
icmp_error(q, UNREACHABLE, 1)
tcp(A, 1000, B, 80)
