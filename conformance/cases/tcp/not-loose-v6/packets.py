tcp(A, 1000, B, 80, "PA", b"data", seq=7000, ack=8000)
tcp(A, 1001, B, 80, "SA", seq=7000, ack=8000)
tcp(A, 1002, B, 80, "S", seq=7000)
