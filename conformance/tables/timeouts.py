#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Prints the conntrack settings of a new network namespace: timeouts, and what else trackers obey."""
import os

import lab
from lib import netlink

FOLDER = '/proc/sys/net/netfilter'


def main():
    home = os.open('/proc/self/ns/net', os.O_RDONLY)
    netlink.new_netns()
    for name in sorted(os.listdir(FOLDER)):
        if ('timeout' in name or '_tcp_' in name) and 'frag6' not in name:
            with open(os.path.join(FOLDER, name)) as f:
                print(f'net.netfilter.{name} {f.read().strip()}')
    netlink.enter_netns(home)


main()
