tcp(A, 1000, B, 80, "SF")
tcp(A, 1000, B, 80, "FPU")
