udp(A, 1, A2, 9)
sleep(0.6)
udp(A, 1, "192.0.2.1", 9)
