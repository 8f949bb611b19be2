send(ip(A, B, id=9, flags="MF", proto=17) / Raw(bytes(UDP(sport=1000, dport=53, len=29)) + b"0123456789"))
send(ip(A, B, id=9, frag=2, proto=17) / Raw(b"abcdefghijklm"))
