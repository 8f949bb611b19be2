for port in (1, 2, 3):
    for mss in (0, 1, 2, 536, 65535):
        tcp(A, 1000, B, port, options=[("MSS", mss)])
    tcp(A, 1000, B, port)
    tcp(A, 1000, B, port, "SA", options=[("MSS", 1460), ("NOP", None), ("WScale", 7)])
