for source in ("::1", "ff02::5", "fd00:1::1", "::ffff:10.0.1.2"):
    udp(source, 1, B, 9, dev="eth0")
for destination in ("::1", "::", "::ffff:10.0.2.2", "ff01::1", "ff05::2", "fe80::99"):
    udp(A, 1, destination, 9)
