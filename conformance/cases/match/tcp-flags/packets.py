for flags in ("S", "SA", "SF", "SR", "A", "", "FSRPAU", "PA", "U", "SEC", "FA"):
    tcp(A, 1000, B, 80, flags)
