q = udp(A, 1000, B, 514)
icmp_error(q, UNREACHABLE, 1)
