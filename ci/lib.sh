# Counting tests: sourced by the scripts of ci/. Each test is a line `ok - NAME` or `not ok - NAME`;
# what a failed one said follows, indented by `# `.
n_passed=0 n_failed=0

pass() {
	n_passed=$((n_passed + 1))
	echo "ok - $1"
}

fail() { # NAME TEXT
	n_failed=$((n_failed + 1))
	echo "not ok - $1"
	[ -z "$2" ] || sed 's/^/# /' <<<"$2"
}

expect() { # NAME COMMAND...: passes when the command succeeds
	local name=$1 text
	shift
	if text=$("$@" 2>&1); then pass "$name"; else fail "$name" "$text"; fi
}

sum() { # the last line, and the exit status
	echo "$n_passed passed, $n_failed failed"
	[ "$n_failed" -eq 0 ] && [ "$n_passed" -gt 0 ]
}
