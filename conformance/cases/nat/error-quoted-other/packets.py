q = udp(A, 1000, B, 53, b"question")
def other_port(quoted):
    quoted[len(quoted) - 16 + 1] ^= 0x55
icmp_error(q, UNREACHABLE, 1, change=other_port)
def other_protocol(quoted):
    quoted[9 if FAMILY == "ipv4" else 6] = 6
icmp_error(q, UNREACHABLE, 1, change=other_protocol)
