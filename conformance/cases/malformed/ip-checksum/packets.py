udp(A, 1, B, 9, chksum=0x1234)
udp(A, 1, B, 9)
