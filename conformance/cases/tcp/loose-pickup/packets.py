tcp(A, 1000, B, 80, "PA", b"data", seq=7000, ack=8000)
tcp(B, 80, A, 1000, "A", seq=8000, ack=7004)
tcp(A, 1000, B, 80, "A", seq=7004, ack=8000)
