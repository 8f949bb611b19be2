# Reads the stream of `report`, writes report.html and report.json.

function hexval(s,   i, v) {
	v = 0
	for (i = 1; i <= length(s); i++)
		v = v * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return v
}
function at(h, byte, n) { return hexval(substr(h, byte * 2 + 1, n * 2)) }
function le32(h, byte) {
	return at(h, byte, 1) + 256 * at(h, byte + 1, 1) + 65536 * at(h, byte + 2, 1) + 16777216 * at(h, byte + 3, 1)
}
function ip4(h, byte) { return at(h, byte, 1) "." at(h, byte + 1, 1) "." at(h, byte + 2, 1) "." at(h, byte + 3, 1) }
function ip6(h, byte,   i, s, g, best) {
	s = ""
	for (i = 0; i < 8; i++) {
		g = substr(h, (byte + 2 * i) * 2 + 1, 4)
		sub(/^0+/, "", g)
		s = s (i ? ":" : "") (g == "" ? "0" : g)
	}
	if (match(s, /(^|:)0(:0)+(:|$)/))
		s = substr(s, 1, RSTART - 1) "::" substr(s, RSTART + RLENGTH)
	return s
}
function flags(v,   s) {
	s = ""
	if (v % 2) s = s "F"
	if (int(v / 2) % 2) s = s "S"
	if (int(v / 4) % 2) s = s "R"
	if (int(v / 8) % 2) s = s "P"
	if (int(v / 16) % 2) s = s "A"
	if (int(v / 32) % 2) s = s "U"
	return s
}
# One packet in one line, from its hex.
function describe(dev, h,   o, proto, src, dst, l4, ttl, off, s) {
	o = (dev == "local" || dev ~ /^tun/) ? 0 : 14
	if (length(h) < (o + 20) * 2) return "short frame, " length(h) / 2 " bytes"
	off = 0
	if (substr(h, o * 2 + 1, 1) == "4") {
		proto = at(h, o + 9, 1); ttl = at(h, o + 8, 1)
		src = ip4(h, o + 12); dst = ip4(h, o + 16)
		l4 = o + 4 * hexval(substr(h, o * 2 + 2, 1))
		off = at(h, o + 6, 2) % 8192
	} else if (substr(h, o * 2 + 1, 1) == "6") {
		proto = at(h, o + 6, 1); ttl = at(h, o + 7, 1)
		src = ip6(h, o + 8); dst = ip6(h, o + 24)
		l4 = o + 40
	} else
		return "frame, " length(h) / 2 " bytes"
	if (off) return src " > " dst " fragment at " off * 8 " ttl " ttl
	if (proto == 17)
		s = "UDP " src ":" at(h, l4, 2) " > " dst ":" at(h, l4 + 2, 2)
	else if (proto == 6)
		s = "TCP " src ":" at(h, l4, 2) " > " dst ":" at(h, l4 + 2, 2) " " flags(at(h, l4 + 13, 1)) " seq " at(h, l4 + 4, 4) " ack " at(h, l4 + 8, 4) " win " at(h, l4 + 14, 2)
	else if (proto == 1 || proto == 58)
		s = (proto == 1 ? "ICMP " : "ICMPv6 ") src " > " dst " type " at(h, l4, 1) " code " at(h, l4 + 1, 1)
	else
		s = "protocol " proto " " src " > " dst
	return s " ttl " ttl " len " length(h) / 2 - o
}
function esc(s) { gsub(/&/, "\\&amp;", s); gsub(/</, "\\&lt;", s); gsub(/>/, "\\&gt;", s); return s }
function quoted(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\t/, "\\t", s); return "\"" s "\"" }

function read_pcap(dev, h,   p, n, size, nano) {
	nano = substr(h, 1, 2) == "4d" && substr(h, 3, 2) == "3c"
	for (p = 24; (p + 16) * 2 <= length(h); p += 16 + size) {
		size = le32(h, p + 8)
		packet[dev, n_in[dev]++] = substr(h, (p + 16) * 2 + 1, size * 2)
	}
}
function ladder_step(line,   dev, rest, where, hex, out) {
	match(line, /"in": *"[^"]*"/)
	dev = substr(line, RSTART, RLENGTH); sub(/.*: *"/, "", dev); sub(/"$/, "", dev)
	ladder = ladder "<tr><td>" esc(dev) "</td><td>" esc(describe(dev, packet[dev, seen[dev]++])) "</td><td>"
	rest = line; sub(/.*"out": */, "", rest)
	out = ""
	while (match(rest, /\["[^"]*", *"[0-9a-f]*"\]/)) {
		where = substr(rest, RSTART + 2, RLENGTH - 3)
		rest = substr(rest, RSTART + RLENGTH)
		hex = where; sub(/^[^"]*", *"/, "", hex); sub(/"$/, "", hex); sub(/".*/, "", where)
		out = out "<div><b>" esc(where) "</b> " esc(describe(where, hex)) "</div>"
	}
	ladder = ladder (out == "" ? "<i>nothing</i>" : out) "</td></tr>\n"
}
function side_by_side(name, file,   n, i, a, b, s, marked) {
	n = lines[name, "want", file]; if (lines[name, "got", file] > n) n = lines[name, "got", file]
	s = "<h4>" esc(name) ": " file "</h4><table class=sides><tr><th>want</th><th>got</th></tr>"
	for (i = 1; i <= n; i++) {
		a = side[name, "want", file, i]; b = side[name, "got", file, i]
		s = s "<tr" (a != b && !marked++ ? " class=first" : "") "><td>" esc(a) "</td><td>" esc(b) "</td></tr>"
	}
	return s "</table>"
}
function finish_case(   i, j, name, row, mark, sides, problems, k, parts) {
	if (slug == "") return
	n_cases++
	row = ""; problems = ""; sides = ""
	for (i = 1; i <= n_names; i++) {
		name = names[i]
		mark = verdict[name]
		if (mark == "") mark = "-"
		count[name, mark]++
		row = row "<td class=" (mark == "ok" ? "ok" : mark == "fail" ? "bad" : "other") ">" mark "</td>"
		results = results (results == "" ? "" : ",\n") "  {\"case\": " quoted(slug) ", \"adapter\": " quoted(name) ", \"result\": " quoted(mark) ", \"title\": " quoted(title) "}"
		if (problem[name] != "") problems = problems "<h4>" esc(name) "</h4><pre class=diff>" esc(problem[name]) "</pre>"
		for (j = 1; j <= n_sides; j++) {
			split(side_names[j], parts, SUBSEP)
			if (parts[1] == name) sides = sides side_by_side(name, parts[2])
		}
	}
	matrix = matrix "<tr><td><a href=\"#" slug "\">" slug "</a></td><td>" esc(title) "</td>" row "</tr>\n"
	body = body "<details id=\"" slug "\"><summary>" slug ": " esc(title) "</summary>\n" problems sides \
		"<pre>" esc(texts) "</pre><table class=ladder><tr><th>in</th><th>packet</th><th>what Linux did</th></tr>\n" ladder \
		"</table><p>Again: <code>" root "/run --adapter NAME --filter " slug "</code></p></details>\n"
	slug = ""
}
function start_case(name,   k) {
	finish_case()
	slug = name; title = ""; texts = ""; ladder = ""; last = ""; n_sides = 0
	split("", packet); split("", n_in); split("", seen); split("", verdict)
	split("", problem); split("", side); split("", lines); split("", side_seen)
}
$1 == "names" { n_names = NF - 1; for (i = 2; i <= NF; i++) names[i - 1] = $i; next }
$1 == "case" { start_case($2); next }
$1 == "text" {
	line = $0; sub(/^text [^ ]* ?/, "", line)
	if ($2 == "about" && title == "") title = line
	if ($2 != last) texts = texts "== " $2 "\n"
	last = $2; texts = texts line "\n"; next
}
$1 == "pcap" { dev = $2; h = $0; sub(/^pcap [^ ]* /, "", h); gsub(/ /, "", h); read_pcap(dev, h); next }
$1 == "steps" { ladder_step(substr($0, 7)); next }
$1 == "tap" {
	line = $0; sub(/^tap [^ ]* /, "", line)
	if (line ~ /^ok/) verdict[$2] = line ~ /# SKIP/ ? "-" : line ~ /# TODO/ ? "unexpected pass" : line ~ /not observed/ ? "ok*" : "ok"
	else if (line ~ /^not ok/) verdict[$2] = line ~ /# TODO/ ? "known" : "fail"
	else { sub(/^# /, "", line); problem[$2] = problem[$2] line "\n" }
	next
}
$1 == "side" {
	line = $0; sub(/^side [^ ]* [^ ]* [^ ]* ?/, "", line)
	if (!(($2, $4) in side_seen)) { side_seen[$2, $4] = 1; side_names[++n_sides] = $2 SUBSEP $4 }
	side[$2, $3, $4, ++lines[$2, $3, $4]] = line
}
END {
	finish_case()
	head = ""; sum = ""
	for (i = 1; i <= n_names; i++) {
		head = head "<th>" esc(names[i]) "</th>"
		sum = sum "<tr><td>" esc(names[i]) "</td><td>" count[names[i], "ok"] + count[names[i], "ok*"] "</td><td>" count[names[i], "fail"] + count[names[i], "unexpected pass"] + 0 "</td><td>" count[names[i], "known"] + 0 "</td></tr>"
	}
	print "<!doctype html><meta charset=utf-8><title>nfref conformance</title><style>" \
		"body{font:14px/1.4 system-ui,sans-serif;margin:2em;max-width:110em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.15em .5em;text-align:left;vertical-align:top}" \
		".ok{background:#dff3df}.bad{background:#f8cfcf;font-weight:bold}.other{background:#eee}pre{background:#f6f6f6;padding:.6em;overflow:auto}.diff{background:#fdf3e7}" \
		".ladder,.sides{font:12px/1.35 monospace}.first{background:#ffe08a}details{margin:.3em 0}summary{cursor:pointer}</style>" \
		"<h1>Conformance with Linux netfilter</h1><table id=summary><tr><th>implementation</th><th>passed</th><th>failed</th><th>failed as expected</th></tr>" sum "</table>" \
		"<p>" n_cases " cases. ok*: passed, but something the implementation cannot show was not observed.</p>" \
		"<table id=matrix><tr><th>case</th><th>shows</th>" head "</tr>\n" matrix "</table>\n<h2>Cases</h2>\n" body \
		"<script>function open_(){var d=location.hash&&document.getElementById(decodeURIComponent(location.hash.slice(1)));if(d)d.open=true}addEventListener('hashchange',open_);open_()</script>" > html
	print "{\"cases\": " n_cases ", \"results\": [\n" results "\n]}" > json
}
