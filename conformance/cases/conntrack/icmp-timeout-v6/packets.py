e = ping(A, B)
answer(e)
