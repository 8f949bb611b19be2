#!/usr/bin/env python3
"""An adapter to start from: a router that forwards everything, tracks nothing, and says so.

Replace forward() by calls into your stack, and take names out of UNOBSERVED as it learns to answer.
"""
import json
import os
import re
import struct
import sys

UNOBSERVED = 'conntrack expect events log rules.v4 rules.v6 sets services'


def read_pcap(path):
    blob, at = open(path, 'rb').read(), 24
    while at < len(blob):
        sec, nsec, size, _ = struct.unpack_from('<IIII', blob, at)
        yield sec * 10**9 + nsec, blob[at + 16:at + 16 + size]
        at += 16 + size


def write_pcap(path, linktype, records):
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, linktype))
        for stamp, data in records:
            f.write(struct.pack('<IIII', stamp // 10**9, stamp % 10**9, len(data), len(data)) + data)


def forward(interfaces, dev, frame):
    """Your stack: one input, [(interface, bytes)] out. Here: to the other interface, TTL less one."""
    others = [i for i in interfaces if i != dev]
    if dev == 'local' or frame[12:14] != b'\x08\x00' or frame[22] < 2 or not others:
        return []
    k = interfaces.index(others[0]) + 1
    total = struct.unpack_from('>H', frame, 24)[0] + 0x100          # the TTL, in the header's sum
    total = (total & 0xffff) + (total >> 16)
    header = bytes([2, 0, 0, 0, k, 0xfe, 2, 0, 0, 0, k, 1]) + frame[12:22] + bytes([frame[22] - 1, frame[23]])
    return [(others[0], header + struct.pack('>H', total) + frame[26:])]


def replay(case, out):
    names = [f[:-5] for f in os.listdir(case + '/in')]
    net = open(case + '/net').read() if os.path.exists(case + '/net') else ''
    interfaces = sorted((set(names) | set(re.findall(r'dev (\S+)', net))) - {'local', 'lo'})
    inputs = sorted((t, dev, n, data) for dev in names
                    for n, (t, data) in enumerate(read_pcap(f'{case}/in/{dev}.pcap')))
    captures = {}
    os.makedirs(out, exist_ok=True)
    with open(out + '/steps', 'w') as steps:
        for n, (stamp, dev, _, data) in enumerate(inputs):
            result = forward(interfaces, dev, data)
            for where, frame in result:
                captures.setdefault(where, []).append((stamp, frame))
            steps.write(json.dumps({'in': dev, 'n': n, 'out': [[w, f.hex()] for w, f in result]}) + '\n')
    for where, records in captures.items():
        write_pcap(f'{out}/{where}.pcap', 101 if where == 'local' else 1, records)


if sys.argv[1:] == ['--declare']:
    print('name: example\nunobserved:', UNOBSERVED)
else:
    replay(sys.argv[1], sys.argv[2])
