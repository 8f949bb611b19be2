ping(A, B, data=b"an echo")
ping(A2, B, data=b"an echo")
ping(A2, B, data=b"an echo")
