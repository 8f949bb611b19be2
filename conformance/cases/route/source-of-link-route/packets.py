for source in "10.0.5.130", "10.0.5.3", "192.0.2.7", "198.51.100.7":
    udp(source, 1, B, 9, dev="eth0", ttl=1)
