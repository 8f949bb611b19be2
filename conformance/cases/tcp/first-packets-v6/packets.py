for n, flags in enumerate(("S", "SA", "A", "F", "FA", "R", "RA", "P", "PA", "", "SF", "SR", "U", "SU", "SP", "SEC", "AEC", "FPU", "FSRPAU")):
    tcp(A, 2000 + n, B, 80, flags, seq=7000, ack=8000)
