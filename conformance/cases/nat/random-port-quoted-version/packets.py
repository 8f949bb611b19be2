def version5(quoted):
    quoted[0] = 0x55
for protocol in ("udp", "tcp"):
    icmp_error(begin(protocol, A, B), UNREACHABLE, change=version5)
