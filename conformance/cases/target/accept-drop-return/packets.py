udp(A, 1, B, 1)           # accepted in the user chain
udp(A, 1, B, 2)           # returns, then falls to the RETURN rule: policy DROP
udp(A, 1, B, 3)           # dropped
udp(A, 1, B, 4)           # end of the user chain, end of FORWARD: policy DROP
