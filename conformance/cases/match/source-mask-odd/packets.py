udp(A, 1, B, 9)           # last octet 2: bit 1 set
udp("10.0.1.5", 1, B, 9)  # 5: bit 1 clear, dropped
udp("10.0.1.6", 1, B, 9)
