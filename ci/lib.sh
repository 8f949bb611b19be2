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

take() { # LABEL < TAP: counts the tests of another program; those that it skips are none
	local line kept=
	while IFS= read -r line; do
		case $line in
		"ok "*"# TODO"*) n_failed=$((n_failed + 1)); echo "not ok - $1: passes, though expected to fail: ${line#ok }"; kept=yes; continue ;;
		"ok "*"# SKIP"*) ;;
		"ok "*) n_passed=$((n_passed + 1)) ;;
		"not ok "*"# TODO"*) n_passed=$((n_passed + 1)) ;;
		"not ok "*) n_failed=$((n_failed + 1)); echo "not ok - $1: ${line#not ok }"; kept=yes; continue ;;
		"#"*) [ -n "$kept" ] && echo "$line"; continue ;;
		esac
		kept=
	done
}

taken() { # LABEL COMMAND...: runs a program whose output is TAP, and shows its last lines
	local label=$1 log status
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1
	status=$?
	take "$label" <"$log"
	grep -E '^# .*(passed|second try)|^[0-9]+ passed' "$log" | tail -3 | sed "s|^|$label: |"
	if ! grep -q '^ok ' "$log" || { [ $status -ne 0 ] && ! grep -q '^not ok ' "$log"; }; then
		fail "$label" "$(tail -5 "$log")"
	fi
	rm -f "$log"
}

sum() { # the last line, and the exit status
	echo "$n_passed passed, $n_failed failed"
	[ "$n_failed" -eq 0 ] && [ "$n_passed" -gt 0 ]
}
