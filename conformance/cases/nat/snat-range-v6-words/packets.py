for n in range(4):
    for src in (A, A2):
        udp(src, 5000 + n, f"fd00:2::{2 + n}", 9)
        udp(src, 6000 + n, f"fd00:2::{2 + n}", 9)
