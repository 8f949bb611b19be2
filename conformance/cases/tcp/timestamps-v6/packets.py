ts = [("NOP", None), ("NOP", None), ("Timestamp", (100, 0))]
t = Tcp(A, 1000, B, 80)
t.c("S", options=[("MSS", 1460), ("SAckOK", b""), ("Timestamp", (100, 0)), ("NOP", None), ("WScale", 7)])
t.s("SA", options=[("MSS", 1460), ("SAckOK", b""), ("Timestamp", (900, 100)), ("NOP", None), ("WScale", 7)])
t.c("A", options=ts)
t.c("PA", b"data", options=ts)
t.s("A", options=[("NOP", None), ("NOP", None), ("Timestamp", (50, 0))])
