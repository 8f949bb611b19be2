/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iptables-save text: whatever it is, it is read or refused; what was read and printed can be
 * read again, and is then printed the same.
 *
 * Input: family, then text.
 */
#include <stdio.h>
#include <stdlib.h>

#include "lib/steps.h"
#include "iptables/iptables.h"

static char *print(struct nfr_net *net, uint8_t family)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	nfr_iptables_save(to, net, family, true);
	if (fclose(to) != 0)
		abort();
	return text;
}

const enum fuzz_format fuzz_format = FUZZ_FORMAT_TEXT;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_in in = {data, size};
	uint8_t family = fuzz_u8(&in) & 1 ? NFR_IPV6 : NFR_IPV4;
	struct fuzz_router *router = fuzz_router_get(0, 0);
	struct nfr_diag diag = {0};
	struct nfr_text text;
	char *input = calloc(1, in.left + 1), *first, *second;

	if (!input)
		abort();
	memcpy(input, in.p, in.left);
	fuzz_router_reset(router);
	text = nfr_text_string("input", input);
	if (nfr_iptables_load(router->net, family, &text, true, &diag) == 0) {
		fuzz_router_check(router);
		first = print(router->net, family);
		text = nfr_text_string("printed", first);
		if (nfr_iptables_load(router->net, family, &text, true, &diag) != 0) {
			nfr_diag_print(&diag);
			fuzz_fail("what was printed is refused");
		}
		second = print(router->net, family);
		if (strcmp(first, second) != 0)
			fuzz_fail("what was read is printed otherwise the second time");
		free(first);
		free(second);
	} else if (!diag.text[0]) {
		fuzz_fail("refused without a word");
	}
	fuzz_router_check(router);
	free(input);
	return 0;
}
