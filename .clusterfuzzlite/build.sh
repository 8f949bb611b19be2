#!/bin/bash -eu
# SPDX-License-Identifier: BSD-2-Clause
# All that is to be done is in the project's own script, which its tests run too.
exec "$SRC/nfref/fuzz/build.sh"
