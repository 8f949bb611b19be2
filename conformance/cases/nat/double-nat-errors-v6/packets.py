q = udp(A, 1000, R0, 80)
icmp_error(q, UNREACHABLE, 1)
r = answer(q)
icmp_error(r, UNREACHABLE, 1)
