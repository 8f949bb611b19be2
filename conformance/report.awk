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
# What a step's line says came out, as rows; the line without the packets' own bytes is its `key`.
function outputs(line,   rest, where, hex, out) {
	rest = line; sub(/.*"out": */, "", rest)
	out = ""
	while (match(rest, /\["[^"]*", *"[0-9a-f]*"\]/)) {
		where = substr(rest, RSTART + 2, RLENGTH - 3)
		rest = substr(rest, RSTART + RLENGTH)
		hex = where; sub(/^[^"]*", *"/, "", hex); sub(/".*/, "", where)
		out = out "<div><b>" esc(where) "</b> " esc(describe(where, hex)) "</div>"
	}
	return out == "" ? "<i>nothing</i>" : out
}
function want_step(line,   dev) {
	match(line, /"in": *"[^"]*"/)
	dev = substr(line, RSTART, RLENGTH); sub(/.*: *"/, "", dev); sub(/"$/, "", dev)
	n_steps++
	step_in[n_steps] = "<td>" esc(dev) "</td><td>" esc(describe(dev, packet[dev, seen[dev]++])) "</td>"
	step_out[n_steps] = outputs(line)
}
# The ladder: every input, what Linux did, and what those did that failed; the first that differs is marked.
function ladder(   i, j, s, cell, marked) {
	s = "<table class=ladder><tr><th>#</th><th>in</th><th>packet</th><th>want: what Linux did</th>"
	for (j = 1; j <= n_got; j++) s = s "<th>got: " esc(got_names[j]) "</th>"
	s = s "</tr>\n"
	for (i = 1; i <= n_steps; i++) {
		s = s "<tr><td>" i - 1 "</td>" step_in[i] "<td>" step_out[i] "</td>"
		for (j = 1; j <= n_got; j++) {
			cell = (got_names[j], i) in got_out ? got_out[got_names[j], i] : "<i>no step</i>"
			s = s "<td" (cell != step_out[i] && !marked[j]++ ? " class=first" : "") ">" cell "</td>"
		}
		s = s "</tr>\n"
	}
	return s "</table>"
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
function finish_case(   i, j, name, row, mark, sides, problems, again, parts) {
	if (slug == "") return
	n_cases++
	row = ""; problems = ""; sides = ""; again = ""
	for (i = 1; i <= n_names; i++) {
		name = names[i]
		mark = verdict[name]
		if (mark == "") mark = "-"
		if (mark != "-") again = again "<p>Again: <code>" root "/run --adapter " esc(name) " --filter '" slug "'</code></p>"
		row = row "<td class=" (mark == "ok" ? "ok" : mark == "ok*" ? "part" : mark == "-" ? "none" : mark == "known" ? "other" : "bad") ">" mark "</td>"
		results = results (results == "" ? "" : ",\n") "  {\"case\": " quoted(slug) ", \"adapter\": " quoted(name) ", \"result\": " quoted(mark) ", \"title\": " quoted(title) "}"
		if (problem[name] != "") problems = problems "<h4>" esc(name) "</h4><pre class=diff>" esc(problem[name]) "</pre>"
		for (j = 1; j <= n_sides; j++) {
			split(side_names[j], parts, SUBSEP)
			if (parts[1] == name) sides = sides side_by_side(name, parts[2])
		}
	}
	matrix = matrix "<tr><td><a href=\"#" slug "\">" slug "</a></td><td>" esc(title) "</td>" row "</tr>\n"
	body = body "<details id=\"" slug "\"><summary>" slug ": " esc(title) "</summary>\n" problems sides \
		"<pre>" esc(texts) "</pre>" ladder() again "</details>\n"
	slug = ""
}
function start_case(name,   k) {
	finish_case()
	slug = name; title = ""; texts = ""; last = ""; n_sides = n_steps = n_got = 0
	split("", got_out); split("", n_got_step)
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
$1 == "sum" {
	for (i = 2; i <= NF; i++) figure[$2, i] = $i
	next
}
$1 == "steps" { want_step(substr($0, 7)); next }
$1 == "gotsteps" {
	if (!($2 in n_got_step)) got_names[++n_got] = $2
	got_out[$2, ++n_got_step[$2]] = outputs($0)
	next
}
$1 == "tap" {
	line = $0; sub(/^tap [^ ]* /, "", line)
	if (line ~ /^ok/) verdict[$2] = line ~ /# SKIP/ ? "-" : line ~ /# TODO/ ? "unexpected pass" : line ~ /not observed/ ? "ok*" : "ok"
	else if (line ~ /^not ok/) verdict[$2] = line ~ /# TODO/ ? "known" : "fail"
	else { sub(/^# /, "", line); problem[$2] = problem[$2] line "\n" }
	next
}
/^side [^ ]* [^ ]* [^ ]* #/ { next } # no difference
$1 == "side" {
	line = $0; sub(/^side [^ ]* [^ ]* [^ ]* ?/, "", line)
	if (!(($2, $4) in side_seen)) { side_seen[$2, $4] = 1; side_names[++n_sides] = $2 SUBSEP $4 }
	side[$2, $3, $4, ++lines[$2, $3, $4]] = line
}
END {
	finish_case()
	# columns of `sum`: name kernel cases passed partly known skipped failed seconds
	n = split("kernel cases passed passed_in_part failed_as_expected skipped failed seconds", keys, " ")
	head = ""; sum = ""; adapters = ""
	for (i = 1; i <= n_names; i++) {
		head = head "<th>" esc(names[i]) "</th>"
		sum = sum "<tr><td>" esc(names[i]) "</td>"
		adapters = adapters (i > 1 ? ",\n" : "") "  {\"name\": " quoted(names[i])
		for (j = 1; j <= n; j++) {
			v = figure[names[i], j + 2]
			sum = sum "<td>" esc(v) "</td>"
			adapters = adapters ", \"" keys[j] "\": " (j == 1 ? quoted(v) : v == "" ? "null" : v)
		}
		sum = sum "</tr>"
		adapters = adapters "}"
	}
	print "<!doctype html><html lang=en><meta charset=utf-8><title>nfref conformance</title><style>" \
		"body{font:14px/1.4 system-ui,sans-serif;margin:2em;max-width:110em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.15em .5em;text-align:left;vertical-align:top}" \
		"#summary td+td,#summary th+th{text-align:right}.ok{background:#dff3df}.bad{background:#f8cfcf;font-weight:bold}.part{background:#eef7ee}.other{background:#fdf3d0}.none{background:#f4f4f4}pre{background:#f6f6f6;padding:.6em;overflow:auto}.diff{background:#fdf3e7}" \
		".ladder,.sides{font:12px/1.35 monospace;margin:.6em 0}.first{background:#ffe08a}details{margin:.3em 0}summary{cursor:pointer}.hidden{display:none}</style>" \
		"<h1>Conformance with Linux netfilter</h1><table id=summary><tr><th>implementation</th><th>Linux</th><th>cases</th><th>passed</th><th>passed in part</th><th>failed as expected</th><th>of other kernels</th><th>failed</th><th>seconds</th></tr>" sum "</table>" \
		"<p>" n_cases " cases. ok*, passed in part: something that the implementation says it cannot show was not observed. -: not run, or a case of another kernel.</p>" \
		"<p><label>Cases that contain <input id=filter size=30></label> <label><input type=checkbox id=differ> only those that not all pass</label> <span id=shown></span></p>" \
		"<table id=matrix><tr><th>case</th><th>shows</th>" head "</tr>\n" matrix "</table>\n<h2>Cases</h2>\n" body \
		"<script>var filter=document.getElementById('filter'),differ=document.getElementById('differ'),rows=[].slice.call(document.querySelectorAll('#matrix tr')).slice(1);" \
		"function show(){var n=0,text=filter.value.toLowerCase();rows.forEach(function(r){var on=r.textContent.toLowerCase().indexOf(text)>=0&&(!differ.checked||r.querySelector('.bad,.other'));r.classList.toggle('hidden',!on);n+=on?1:0});document.getElementById('shown').textContent=n+' shown'}" \
		"function open_(){var d=location.hash&&document.getElementById(decodeURIComponent(location.hash.slice(1)));if(d){d.open=true;d.scrollIntoView()}}" \
		"filter.oninput=differ.onchange=show;show();addEventListener('hashchange',open_);open_()</script></html>" > html
	print "{\"cases\": " n_cases ", \"adapters\": [\n" adapters "\n], \"results\": [\n" results "\n]}" > json
}
