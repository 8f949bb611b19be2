tcp(A, 1000, B, 80, options=[("NOP", None), ("MSS", 1460), ("NOP", None), ("NOP", None), ("NOP", None)])
tcp(A, 1001, B, 80, options=[("MSS", 1460)])
