for hook in range(1, 6):
    for verdict in range(7):
        port = 10 * hook + verdict
        sleep(0.01)
        udp(A, 1, B, port)
        udp(A, 1, R0, port)
        local(ip(R1, B) / UDP(sport=1, dport=port) / b"x")
