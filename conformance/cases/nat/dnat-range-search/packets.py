udp(A, 4000, B2, 101)
udp(A, 4000, B2, 100)
udp(A, 4000, B2, 9)                 # 102, the first that 4000 has not
udp(A, 4001, B2, 9)                 # 100
udp(A, 4001, B2, 102)
