tcp(A, 1000, B, 80, chksum=0x1234)
send(ip(A, B) / UDP(sport=1, dport=9, chksum=0x1234) / b"x")
tcp(A, 1001, B, 80)
