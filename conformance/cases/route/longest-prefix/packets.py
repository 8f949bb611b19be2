for destination in ("10.9.1.1", "10.9.1.2", "10.9.2.1", "10.8.0.1"):
    udp(A, 1, destination, 9)
