for network in ("192.0.2", "198.51.100", "203.0.113"):
    udp(A, 1, network + ".1", 9)       # a route of table main
    udp(A, 1, network + ".129", 9)     # in table local
