udp(A, 1000, B, 53, ttl=1)
udp(A, 1000, "10.0.2.99", 53, ttl=1)
q = udp(A, 1001, B, 53)
answer(q, ttl=1)                 # the reply dies here: the error goes to the server
