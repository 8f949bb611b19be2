first = ping(A, B, ident=7)
answer(first)
other = ping(A2, B2, ident=7)    # another destination: the id stays
answer(other)
