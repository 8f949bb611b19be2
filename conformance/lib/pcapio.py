"""pcap files with nanosecond stamps: all that cases need, and nothing more."""
import os
import struct

ETHERNET = 1
RAW = 101
NS = 1_000_000_000


def write(path, linktype, records):
    """records: (stamp in ns, bytes)."""
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b23c4d, 2, 4, 0, 0, 262144, linktype))
        for stamp, data in records:
            f.write(struct.pack('<IIII', stamp // NS, stamp % NS, len(data), len(data)))
            f.write(data)


def read(path):
    """(linktype, [(stamp in ns, bytes)]); microsecond files and both byte orders are understood."""
    with open(path, 'rb') as f:
        blob = f.read()
    for order in '<>':
        magic = struct.unpack_from(order + 'I', blob)[0]
        if magic in (0xa1b23c4d, 0xa1b2c3d4):
            break
    else:
        raise ValueError(f'{path}: not a pcap file')
    unit = 1 if magic == 0xa1b23c4d else 1000
    linktype = struct.unpack_from(order + 'I', blob, 20)[0]
    records, at = [], 24
    while at < len(blob):
        sec, frac, caplen = struct.unpack_from(order + 'III', blob.ljust(at + 16), at)
        if at + 16 + caplen > len(blob):
            raise ValueError(f'{path}: frame {len(records) + 1}: the file ends within it')
        records.append((sec * NS + frac * unit, blob[at + 16:at + 16 + caplen]))
        at += 16 + caplen
    return linktype, records


def read_inputs(folder):
    """All inputs of a case, merged by time, ties by interface name: [(stamp, interface, bytes)]
    and {interface: linktype}."""
    merged, links = [], {}
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith('.pcap'):
            dev = name[:-5]
            links[dev], records = read(os.path.join(folder, name))
            merged += [(stamp, dev, n, data) for n, (stamp, data) in enumerate(records)]
    merged.sort(key=lambda r: (r[0], r[1], r[2]))
    return [(stamp, dev, data) for stamp, dev, _, data in merged], links
