e = ping(A, R0)
answer(e)
