for protocol in ("udp", "tcp", "icmp"):
    q = begin(protocol, A, B)
    icmp_error(q, UNREACHABLE)
    icmp_error(q, TIME_EXCEEDED, src="10.0.2.9")
    answer(q)
    icmp_error(q, UNREACHABLE)
