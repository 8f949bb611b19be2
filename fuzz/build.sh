#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Builds every fuzz target into $OUT, with what each needs to run beside it: seed corpus,
# dictionary, options. The environment is that of OSS-Fuzz and ClusterFuzzLite:
#   CC CXX CFLAGS CXXFLAGS   compilers and sanitizer flags
#   LIB_FUZZING_ENGINE       what to link as the engine
#   OUT WORK SRC             products, scratch, the folder that holds the checkout
# The Makefile calls it with the same variables for libFuzzer, for AFL++ and for plain programs.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${CC:=clang}" "${CXX:=clang++}" "${CFLAGS:=}" "${CXXFLAGS:=}"
: "${OUT:?}" "${WORK:?}" "${LIB_FUZZING_ENGINE:?}"
mkdir -p "$OUT" "$WORK"

lib=$WORK/lib
make -s -j"$(nproc)" B="$lib" CC="$CC" CFLAGS="$CFLAGS" "$lib/libnfref.a" "$lib/harness.a"

flags=(-std=gnu11 -D_GNU_SOURCE -Icore/include -Icore -Iharness)
for source in fuzz/*.c; do
	# shellcheck disable=SC2086
	$CC $CFLAGS "${flags[@]}" -c "$source" -o "$WORK/$(basename "$source" .c).o"
done

common=("$WORK/fuzz.o" "$WORK/flows.o" "$WORK/rulesets.o")
for source in $(grep -l '^int LLVMFuzzerTestOneInput' fuzz/*.c); do
	target=$(basename "$source" .c)
	libs=()
	[ "$target" = pcap ] && libs=(-lpcap)
	# OSS-Fuzz links with the C++ compiler whatever the language
	# shellcheck disable=SC2086
	$CXX $CXXFLAGS "$WORK/$target.o" "${common[@]}" $LIB_FUZZING_ENGINE \
		"$lib/harness.a" "$lib/libnfref.a" "${libs[@]}" -o "$OUT/$target"
	if [ -d "corpus/$target" ]; then
		(cd "corpus/$target" && find . -type f | sort | zip -q -X -@ - ) > "$OUT/${target}_seed_corpus.zip"
	fi
	[ -f "fuzz/$target.dict" ] && cp "fuzz/$target.dict" "$OUT/$target.dict"
	printf '[libfuzzer]\nmax_len = 4096\ntimeout = 10\n' > "$OUT/$target.options"
done
