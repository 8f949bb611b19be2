for destination in ("255.255.255.255", "10.0.1.255", "10.0.2.255", "10.0.1.0"):
    udp(A, 1, destination, 9)
