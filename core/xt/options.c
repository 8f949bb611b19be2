/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an option table says of an extension's parameters, checked without looking at any text:
 * a caller may have filled them by hand, a fuzzer by chance.
 */
#include "xt/table.h"

static uint32_t load(const uint8_t *p, size_t size)
{
	uint16_t v16;
	uint32_t v32;

	switch (size) {
	case 1:
		return *p;
	case 2:
		memcpy(&v16, p, sizeof(v16));
		return v16;
	default:
		memcpy(&v32, p, sizeof(v32));
		return v32;
	}
}

/* Numbers that min and max hold for: their size and how many there are. */
static unsigned numbers_of(unsigned kind, size_t *size)
{
	switch (kind) {
	case NFR_XT_K_U8:
	case NFR_XT_K_HEX8:
	case NFR_XT_K_LOG_LEVEL:
	case NFR_XT_K_DSCP_CLASS:
		*size = 1;
		return 1;
	case NFR_XT_K_U16:
	case NFR_XT_K_PROTO:
		*size = 2;
		return 1;
	case NFR_XT_K_U32:
	case NFR_XT_K_HEX32:
	case NFR_XT_K_RATE:
	case NFR_XT_K_PROBABILITY:
		*size = 4;
		return 1;
	case NFR_XT_K_PORTS:
	case NFR_XT_K_PORTS_ANY:
	case NFR_XT_K_U16_RANGE:
	case NFR_XT_K_QUEUE_RANGE:
		*size = 2;
		return 2;
	case NFR_XT_K_U32_RANGE:
		*size = 4;
		return 2;
	default:
		return 0;
	}
}

static bool limits_ok(const struct nfr_xt_opt *opt, const uint8_t *value)
{
	size_t size = 0;
	unsigned n = numbers_of(opt->kind, &size);

	for (unsigned i = 0; i < n; i++) {
		uint32_t v = load(value + i * size, size);

		if (v < opt->min || v > opt->max)
			return false;
	}
	return opt->kind != NFR_XT_K_PORTS || load(value, 2) <= load(value + 2, 2);
}

static bool name_ok(const struct nfr_xt_opt *opt, uint32_t value)
{
	for (const struct nfr_xt_name *name = opt->names; name->name; name++)
		if (name->value == value)
			return true;
	return false;
}

static bool flags_ok(const struct nfr_xt_opt *opt, uint32_t value)
{
	for (const struct nfr_xt_name *name = opt->names; name->name; name++)
		value &= ~name->value;
	return value == 0;
}

static bool string_ok(const struct nfr_xt_opt *opt, const uint8_t *value)
{
	uint32_t len = 0;

	while (len <= opt->max && value[len])
		len++;
	return len >= opt->min && len <= opt->max;
}

static bool value_ok(const struct nfr_xt_opt *opt, const uint8_t *value)
{
	switch (opt->kind) {
	case NFR_XT_K_ENUM:
		return name_ok(opt, *value);
	case NFR_XT_K_FLAGS:
		return flags_ok(opt, load(value, sizeof(uint32_t)));
	case NFR_XT_K_STRING:
		return string_ok(opt, value);
	default:
		return limits_ok(opt, value);
	}
}

static const char *option_fault(const struct nfr_xt_opt *opt, const struct nfr_xt_head *head,
				const uint8_t *data)
{
	if (!(head->given >> opt->slot & 1))
		return opt->flags & NFR_XT_OPT_REQUIRED ? "a required option is missing" : NULL;
	if ((head->inverted >> opt->slot & 1) && !(opt->flags & NFR_XT_OPT_INVERT))
		return "an option cannot be inverted";
	if (opt->excludes & head->given)
		return "options cannot be used together";
	if (!value_ok(opt, data + opt->off))
		return "the value of an option is out of range";
	return NULL;
}

enum nfr_status nfr_xt_check_options(const struct nfr_xt_ext *ext, const void *data,
				     const char **why)
{
	struct nfr_xt_head head;
	uint32_t slots = 0;

	memcpy(&head, data, sizeof(head));
	for (unsigned i = 0; i < ext->n_opts && !*why; i++) {
		slots |= NFR_XT_BIT(ext->opts[i].slot);
		if (!(ext->opts[i].flags & NFR_XT_OPT_ALIAS))
			*why = option_fault(&ext->opts[i], &head, data);
	}
	if (!*why && (head.given & ~slots))
		*why = "an option that does not exist";
	return *why ? NFR_EINVAL : NFR_OK;
}
