port = 40000
for steps in range(1, 7):
    for offset in (0, -1, 1, 8192):
        for side in ("c", "s"):
            port += 1
            sleep(0.05)
            t = Tcp(A, port, B, 80)
            for who, flags in (("c", "S"), ("s", "SA"), ("c", "A"), ("c", "FA"), ("s", "A"), ("s", "FA"), ("c", "A"))[:steps]:
                getattr(t, who)(flags)
            end = t.client if side == "c" else t.server
            getattr(t, side)("R", seq=(end.next + offset) % 2**32)
