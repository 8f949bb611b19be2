#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Builds fuzz targets into $OUT, with what each needs to run beside it: seed corpus, dictionary,
# options, and the mutator as a library for AFL++. The environment is that of OSS-Fuzz and
# ClusterFuzzLite:
#   CC CXX CFLAGS CXXFLAGS   compilers and sanitizer flags
#   LIB_FUZZING_ENGINE       what to link as the engine
#   OUT WORK SRC             products, scratch, the folder that holds the checkout
#   SANITIZER                address, undefined, memory, ...
# The Makefile calls it with the same variables for libFuzzer and for AFL++. TARGETS names some of
# the targets; all otherwise.
#
# libpcap is built from $SRC/libpcap where that is (as in the Dockerfile), with the same flags and
# linked statically; otherwise the system's is taken. MemorySanitizer knows nothing of what that
# one writes: then what the harness gets from it is declared initialised (lib/msan/pcap.c).
set -euo pipefail
cd "$(dirname "$0")/.."

: "${CC:=clang}" "${CXX:=clang++}" "${CFLAGS:=}" "${CXXFLAGS:=}" "${SANITIZER:=address}" "${SRC:=/nonexistent}"
: "${OUT:?}" "${WORK:?}" "${LIB_FUZZING_ENGINE:?}"
: "${TARGETS:=$(basename -s .c fuzz/*.c)}"
mkdir -p "$OUT" "$WORK/fuzz"
jobs=$(nproc 2>/dev/null || echo 2)
flags=(-std=gnu11 -D_GNU_SOURCE -Icore/include -Icore -Iharness -Ifuzz)
pcap=(-lpcap)

if [ -d "$SRC/libpcap" ]; then
	[ -x "$SRC/libpcap/configure" ] || (cd "$SRC/libpcap" && ./autogen.sh >/dev/null)
	mkdir -p "$WORK/libpcap"
	(cd "$WORK/libpcap" && "$SRC/libpcap/configure" --disable-shared --disable-dbus --disable-rdma \
		--disable-usb --disable-bluetooth --without-libnl --without-dpdk >/dev/null && make -s -j"$jobs" libpcap.a)
	CFLAGS+=" -I$SRC/libpcap"
	pcap=("$WORK/libpcap/libpcap.a")
elif [ "$SANITIZER" = memory ]; then
	# shellcheck disable=SC2086
	$CC $CFLAGS "${flags[@]}" -c fuzz/lib/msan/pcap.c -o "$WORK/fuzz/msan_pcap.o"
	pcap=("$WORK/fuzz/msan_pcap.o")
	for function in pcap_next_ex pcap_geterr pcap_fopen_offline_with_tstamp_precision; do
		pcap+=("-Wl,--wrap=$function")
	done
	pcap+=(-lpcap)
fi

make -s -j"$jobs" B="$WORK" LTO= CC="$CC" CFLAGS="$CFLAGS" "$WORK/libnfref.a" "$WORK/harness.a" "$WORK/fuzz.a"

mutator() { # TARGET: plain code, whatever the target is built with
	"${HOST_CC:-cc}" -O2 -fPIC -shared "${flags[@]}" -DFUZZ_FORMAT="$(grep -o 'FUZZ_FORMAT_[A-Z]*' "fuzz/$1.c" | head -1)" \
		fuzz/lib/afl_mutator.c fuzz/lib/mutate_packet.c fuzz/lib/mutate_steps.c fuzz/lib/mutate.c \
		fuzz/lib/steps.c fuzz/lib/flows.c fuzz/lib/sums.c fuzz/lib/in.c -o "$OUT/$1_mutator.so"
}

for target in $TARGETS; do
	mkdir -p "$(dirname "$OUT/$target")" "$(dirname "$WORK/fuzz/$target")"
	# shellcheck disable=SC2086
	$CC $CFLAGS "${flags[@]}" -c "fuzz/$target.c" -o "$WORK/fuzz/$target.o"
	libs=("$WORK/harness.a" "$WORK/libnfref.a")
	! grep -qE '"(pcap_in|compare/compare)\.h"' "fuzz/$target.c" || libs+=("${pcap[@]}")
	# OSS-Fuzz links with the C++ compiler whatever the language
	# shellcheck disable=SC2086
	$CXX $CXXFLAGS "$WORK/fuzz/$target.o" "$WORK/fuzz/lib/mutate.o" $LIB_FUZZING_ENGINE \
		"$WORK/fuzz.a" "${libs[@]}" -o "$OUT/$target"
	case $target in negative/*) continue ;; esac
	fuzz/dict "$target" >"$OUT/$target.dict"
	printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\n' >"$OUT/$target.options"
	mutator "$target"
	rm -f "$OUT/${target}_seed_corpus.zip"
	[ -d "corpus/$target" ] || continue # a new target
	{ find "corpus/$target" "corpus/regress/$target" -type f 2>/dev/null || true; } | sort |
		zip -q -X -j -@ "$OUT/${target}_seed_corpus.zip"
done
