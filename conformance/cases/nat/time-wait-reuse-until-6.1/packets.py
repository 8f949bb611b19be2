t = Tcp(A, 5000, B, 80, seq=1000)
t.open()
t.close()
tcp(A2, 5000, B, 80, seq=500)       # below: dropped
tcp(A2, 5000, B, 80, seq=1001)      # no higher than the FIN: dropped
tcp(A2, 5000, B, 80, seq=1002)      # takes over
tcp(A2, 5001, B, 80, seq=5000)      # SYN_SENT is not taken over
