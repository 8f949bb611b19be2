for destination in ("fd09:1:1::1", "fd09:1:1::2", "fd09:1:2::1", "fd08::1"):
    udp(A, 1, destination, 9)
