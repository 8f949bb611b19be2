for sport, dport in ((1, 53), (15, 66), (16, 67), (69, 69), (15, 70), (16, 123)):
    udp(A, sport, B, dport)
