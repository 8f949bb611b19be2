send(ip(A, B) / UDP(sport=1000, dport=53, chksum=0) / b"zero")
send(ip(A, B) / UDP(sport=1001, dport=53, chksum=0x1234) / b"wrong")
