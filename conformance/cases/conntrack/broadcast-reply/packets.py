local(ip(R0, "10.0.1.255") / UDP(sport=1000, dport=137) / b"who")
udp(A, 137, R0, 1000)
