for flags in ("S", "SA", "A", "PA", "FA", "R", "RA", "UA", "SEC", "N", "", "FSRPAUEC"):
    tcp(A, 1000, B, 80, flags, window=1234, urgptr=5, reserved=3)
