hosts = ("10.0.2.1%d", "fd00:2::1%d")[FAMILY == "ipv6"]
for n in range(5):
    udp(A, 1, hosts % n, 9)
    udp(A2, 1, hosts % n, 9)
