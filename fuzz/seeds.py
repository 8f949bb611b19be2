#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""seeds.py OUT: seeds for every target from the conformance cases, in OUT/TARGET/.

The steps that a case is turned into are those of fuzz/lib/steps.h: a bare router, its
configuration as text, then frames and the time between them. Interfaces are renamed to the fuzz
router's: the k-th by name is eth0, eth1, tun0 for k = 1, 2, 3.
"""
import hashlib
import os
import re
import struct
import sys

FLOW, RAW, ANSWER, LOCAL, TIME, REINJECT, FLUSH, EXPIRE, RULES, TEXT = range(10)
NET, SYSCTL, RULES4, RULES6 = range(4)
NAMES = ["eth0", "eth1", "tun0"]
BARE = 6  # number of rulesets in fuzz/lib/rulesets.c
MAX_LEN = 6000


def read_pcap(path):
    data = open(path, "rb").read()
    if len(data) < 24:
        return []
    magic = struct.unpack("<I", data[:4])[0]
    order = "<" if magic in (0xA1B2C3D4, 0xA1B23C4D) else ">"
    unit = 1 if struct.unpack(order + "I", data[:4])[0] == 0xA1B23C4D else 1000
    frames, at = [], 24
    while at + 16 <= len(data):
        sec, frac, caplen, _ = struct.unpack(order + "IIII", data[at:at + 16])
        frames.append((sec * 10**9 + frac * unit, data[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return frames


def text_of(case, name):
    path = os.path.join(case, name)
    return open(path, encoding="utf-8", errors="replace").read() if os.path.exists(path) else ""


def interfaces(case):
    names = {f[:-5] for f in os.listdir(os.path.join(case, "in")) if f.endswith(".pcap")}
    names |= set(re.findall(r"\bdev (\S+)", text_of(case, "net")))
    return sorted(names - {"local", "any", "lo"})


def renamed(text, names):
    for i, name in enumerate(names):
        text = re.sub(r"\b%s\b" % re.escape(name), "\0%d" % i, text)
    for i in range(len(names)):
        text = text.replace("\0%d" % i, NAMES[i])
    return "\n".join(line for line in text.split("\n") if line and not line.startswith("#")) + "\n"


def step_text(kind, text):
    data = text.encode()
    return bytes([TEXT, kind]) + struct.pack(">H", len(data)) + data


def program(case, names):
    out = bytes([BARE, 1, 0, 0])
    for kind, name in ((SYSCTL, "sysctl.conf"), (NET, "net"), (RULES4, "rules.v4"), (RULES6, "rules.v6")):
        text = text_of(case, name)
        if text:
            out += step_text(kind, renamed(text, names))
    frames = []
    for file in sorted(os.listdir(os.path.join(case, "in"))):
        name = file[:-5]
        if name == "local" or name in names:
            frames += [(t, name, f) for t, f in read_pcap(os.path.join(case, "in", file))]
    now = None
    for t, name, frame in sorted(frames, key=lambda x: (x[0], x[1])):
        if now is not None and t - now >= 10**9:
            out += bytes([TIME]) + struct.pack(">I", min((t - now) // 10**6, 999999))
        now = t
        if len(frame) > 2048:
            continue
        step = bytes([LOCAL]) if name == "local" else bytes([RAW, names.index(name)])
        step += struct.pack(">H", len(frame)) + frame
        if len(out) + len(step) > MAX_LEN:
            break
        out += step
    return out


def put(out, target, data):
    folder = os.path.join(out, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, hashlib.sha1(data).hexdigest()[:16]), "wb") as f:
        f.write(data)


def seeds_of(case, area, out):
    names = interfaces(case)
    for name, which in (("net", 0), ("sysctl.conf", 1)):
        if text_of(case, name):
            put(out, "case_text", bytes([which]) + renamed(text_of(case, name), names[:3]).encode())
    for which, name in enumerate(("steps", "events", "conntrack", "log"), 2):
        for line in text_of(case, os.path.join("want", name)).split("\n")[:4]:
            if 0 < len(line) < 2000:
                put(out, "case_text", bytes([which]) + line.encode())
    for name, family in (("rules.v4", 0), ("rules.v6", 1)):
        text = text_of(case, name)
        if text and len(text) < MAX_LEN:
            put(out, "iptables_text", bytes([family]) + renamed(text, names[:3]).encode())
    for file in os.listdir(os.path.join(case, "in")):
        path = os.path.join(case, "in", file)
        if os.path.getsize(path) < 2000:
            put(out, "pcap", open(path, "rb").read())
        for i, (_, frame) in enumerate(read_pcap(path)):
            if len(frame) < 2048 and file[:-5] in names[:3]:
                put(out, "packet", bytes([i % BARE, names.index(file[:-5])]) + frame)
    if len(names) > 3:
        return
    data = program(case, names)
    if len(data) <= MAX_LEN:
        put(out, "program", data)
        if area in ("nat", "ftp", "seed", "local"):
            put(out, "nat", data)
        if area in ("nat", "conntrack", "route", "seed", "malformed"):
            put(out, "icmp_error", data)


def main():
    out = sys.argv[1]
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance", "cases")
    n = 0
    for area in sorted(os.listdir(root)):
        for slug in sorted(os.listdir(os.path.join(root, area))):
            case = os.path.join(root, area, slug)
            if os.path.isdir(os.path.join(case, "in")):
                seeds_of(case, area, out)
                n += 1
    print("%d cases" % n)
    return 0 if n else 1


sys.exit(main())
