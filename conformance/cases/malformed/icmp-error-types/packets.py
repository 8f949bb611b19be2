for kind in range(20):
    send(ip(A, B, ttl=1, proto=1) / Raw(bytes([kind]) + bytes(15)))
    sleep(2)
