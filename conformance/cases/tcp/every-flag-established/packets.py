for side in ("c", "s"):
    for flags in range(64):
        sleep(0.04)
        t = Tcp(A, 40000 + flags + 64 * (side == "s"), B, 80)
        t.open()
        end = t.client if side == "c" else t.server
        t._say(end, t.server if side == "c" else t.client, FlagValue(flags, "FSRPAUECN"), b"", {"seq": end.next, "ack": end.ack})
