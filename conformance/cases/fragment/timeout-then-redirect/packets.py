udp(A, 1, A2, 9)
send(ip(A, R0, proto=17, flags="MF") / Raw(bytes(UDP(sport=1000, dport=53, len=100)) + b"x" * 32))
sleep(5)
udp(A, 1, A2, 9)
