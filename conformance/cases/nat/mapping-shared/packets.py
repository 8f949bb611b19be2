udp(A, 5000, B2, 9)                 # no mapping yet: keeps its port
udp(A, 5001, B, 9)
udp(A, 5001, B2, 9)                 # 6000 as well
udp(A, 5001, "10.0.2.4", 9)
udp(A2, 5001, "10.0.2.4", 9)        # another source: its own port
udp(A, 5000, B, 9)                  # the rule wants 6000, which is in use towards B
