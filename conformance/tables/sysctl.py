#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints what a new network namespace begins with: the settings of conntrack, IP and ICMP that are no
interface's and do not depend on the machine's memory or on what runs on it."""
import os
import re

import lab
from lib import netlink

FOLDER = '/proc/sys/'
TRACKERS = re.compile(r'net\.netfilter\.nf_conntrack_(tcp|udp)')
LEFT_OUT = re.compile(r'\.conf\.|neigh|tcp_|udp_|route|igmp|fib_|calipso|seg6|mld|secret|seed|nexthop|buckets|count|_max$|'
                      r'hooks|log\.|ping_group|local_port|unprivileged|ip_forward$')


def main():
    home = os.open('/proc/self/ns/net', os.O_RDONLY)
    netlink.new_netns()
    rows = []
    for part in ('netfilter', 'ipv4', 'ipv6'):
        for where, _, names in os.walk(os.path.join(FOLDER, 'net', part)):
            for name in names:
                path = os.path.join(where, name)
                key = path[len(FOLDER):].replace('/', '.')
                if LEFT_OUT.search(key) and not TRACKERS.match(key):
                    continue
                try:
                    with open(path) as f:
                        rows.append((key, f.read().strip().replace('\t', ' ')))
                except OSError:         # some can only be written
                    pass
    print('# name\tvalue in a new namespace')
    for row in sorted(rows):
        print('\t'.join(row))
    netlink.enter_netns(home)


main()
