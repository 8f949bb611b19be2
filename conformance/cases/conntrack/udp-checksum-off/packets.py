send(ip(A, B) / UDP(sport=1000, dport=53, chksum=0x1234) / b"x")
