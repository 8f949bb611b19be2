tcp(A, 1000, B, 80)
tcp(A, 1001, B, 80, options=[("WScale", 7), ("NOP", None)])
tcp(A, 1002, B, 80, "S", b"data")
tcp(A, 1003, B, 80, dataofs=15, options=[("NOP", None)] * 40)
