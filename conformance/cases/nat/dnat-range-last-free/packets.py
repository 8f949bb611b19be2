udp(A, 4000, B2, 101)
udp(A, 4000, B2, 100)
udp(A, 4000, B2, 9)                 # 102, the only one that 4000 has not
