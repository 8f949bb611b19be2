hosts = ("10.0.1.%d", "fd00:1::%x")[FAMILY == "ipv6"]
for n in (3, 4, 5, 6, 7, 255 if FAMILY == "ipv6" else 254):
    udp(hosts % n, 1, B, 9)
udp(A, 1, B2, 9)
udp(A, 1, ("10.0.2.9", "fd00:2::9")[FAMILY == "ipv6"], 9)
