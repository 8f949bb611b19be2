q = udp(A, 1000, B, 53)
sleep(2.4)
icmp_error(q, UNREACHABLE, 1)
