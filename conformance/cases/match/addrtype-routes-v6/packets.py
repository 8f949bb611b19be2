udp(A, 1, B, 9)
for destination in ("2001:db8:1::1", "2001:db8:2::1", "2001:db8:3::1", "2001:db8:4::1", "ff02::1"):
    udp(A, 1, destination, 9)
