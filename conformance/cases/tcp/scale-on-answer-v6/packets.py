for n, (ours, theirs) in enumerate((([], [("WScale", 7)]), ([("WScale", 0)], [("WScale", 0)]), ([("WScale", 7)], [("WScale", 0)]), ([("WScale", 0)], [("WScale", 7)]),
                                    ([("WScale", 2), ("WScale", 9)], [("WScale", 1)]), ([(3, b"\7\7")], [("WScale", 7)]), ([("WScale", 255)], [("WScale", 14)]))):
    t = Tcp(A, 40000 + n, B, 80)
    t.c("S", options=ours, window=100)
    t.s("SA", options=theirs, window=100)
    t.c("A", window=100)
    t.s("A", window=1000)
    for size in (999, 1000, 1001, 12800, 70000, 128000):
        t.c("PA", b"x", seq=1001 + size)
    t.c("A", window=1000)
    for size in (999, 1000, 1001, 12800, 70000, 128000):
        t.s("PA", b"x", seq=5001 + size)
