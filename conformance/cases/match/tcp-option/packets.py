tcp(A, 1000, B, 80)
tcp(A, 1000, B, 80, options=[("MSS", 1460)])
tcp(A, 1000, B, 80, options=[("NOP", None), ("WScale", 7), ("MSS", 1460)])
tcp(A, 1000, B, 80, options=[("EOL", None), ("MSS", 1460)])          # after the end of the list
tcp(A, 1000, B, 80, options=[("Timestamp", (1, 0))])
tcp(A, 1000, B, 80, flags="A", options=[("NOP", None), ("NOP", None), ("SAck", (5, 9))])
