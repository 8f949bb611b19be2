tcp(A, 1000, B, 80, options=[("MSS", 1460)])
tcp(A2, 1000, B, 80, options=[("MSS", 1460)])
