// SPDX-License-Identifier: Apache-2.0
/* PCR values from a TPM or from text; see log_pcrs.h. */
#include "log_pcrs.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "tpm.h"

int pcr_values_read(const char *tcti, uint64_t wanted, struct pcr_values *ret,
		    struct diag *reterr)
{
	const struct tpm_options o = { .tcti = tcti,
				       .dirfd = AT_FDCWD,
				       .dirname = "/" };
	struct extender *x = NULL;
	bool private_tpm;
	int r;

	*ret = (struct pcr_values){ 0 };
	r = tpm_open(&o, &x, &private_tpm, reterr);
	if (r < 0)
		return r;
	if (!x) {
		diag_set(reterr, "there is no TPM to compare with");
		return -ENODEV;
	}
	ret->n_banks = x->n_banks;
	memcpy(ret->bank, x->bank, sizeof(ret->bank));
	for (unsigned pcr = 0; pcr < JOURNAL_PCRS && r == 0; pcr++) {
		if (!(wanted & (UINT64_C(1) << pcr)))
			continue;
		r = x->ops->read(x, pcr, ret->value[pcr]);
		if (r < 0)
			diag_set(reterr, "cannot read PCR %u of %s: %s", pcr,
				 tcti, strerror(-r));
	}
	x->ops->close(x);
	return r;
}

static int bank_index(struct pcr_values *v, enum hash_alg alg)
{
	for (unsigned i = 0; i < v->n_banks; i++) {
		if (v->bank[i] == alg)
			return (int)i;
	}
	if (v->n_banks == TPM_BANKS_MAX)
		return -E2BIG;
	v->bank[v->n_banks] = alg;
	return (int)v->n_banks++;
}

/* "PCR-10: HEX" does not say which bank; the usual one of that length. */
static int alg_of_length(size_t digits)
{
	static const enum hash_alg usual[] = { HASH_ALG_SHA1, HASH_ALG_SHA256,
					       HASH_ALG_SHA384,
					       HASH_ALG_SHA512 };

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		if (hash_alg_size(usual[i]) * 2 == digits)
			return (int)usual[i];
	}
	return -EBADMSG;
}

/* evmctl's files and the kernel's "pcrs" have blanks between the bytes. */
static void remove_blanks(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s != ' ' && *s != '\t')
			*to++ = *s;
	}
	*to = '\0';
}

static int take_value(struct pcr_values *v, int alg, unsigned long pcr,
		      const char *hex)
{
	size_t digits = strspn(hex, "0123456789abcdefABCDEF");
	struct digest *d;
	int i;

	if (hex[digits] || pcr >= JOURNAL_PCRS)
		return -EBADMSG;
	if (alg < 0)
		alg = alg_of_length(digits);
	if (alg < 0 || digits != hash_alg_size((unsigned)alg) * 2)
		return -EBADMSG;
	i = bank_index(v, (enum hash_alg)alg);
	if (i < 0)
		return i;
	d = &v->value[pcr][i];
	d->alg = (uint8_t)alg;
	d->size = (uint8_t)(digits / 2);
	return hex_decode(hex, d->bytes, d->size);
}

/* One line, trimmed. @alg: the bank that the lines before named, or -1. */
static int take_line(struct pcr_values *v, char *line, int *alg)
{
	char *colon = strchr(line, ':'), *value, *end;
	unsigned long pcr;
	int found;

	if (!*line || *line == '#')
		return 0;
	if (!colon)
		return -EBADMSG;
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	if (!*value) {
		found = hash_alg_find(line, strlen(line));
		*alg = found;
		return found < 0 ? -EBADMSG : 0;
	}
	if (strncasecmp(line, "PCR-", 4) == 0)
		line += 4;
	line += strspn(line, " \t");
	if (!isdigit((unsigned char)*line))
		return -EBADMSG;
	pcr = strtoul(line, &end, 10);
	end += strspn(end, " \t");
	if (*end)
		return -EBADMSG;
	if (strncasecmp(value, "0x", 2) == 0)
		value += 2;
	remove_blanks(value);
	return take_value(v, *alg, pcr, value);
}

int pcr_values_parse(const char *text, size_t len, struct pcr_values *ret,
		     struct diag *reterr)
{
	unsigned number = 0;
	int alg = -1;

	*ret = (struct pcr_values){ 0 };
	while (len) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len, keep = n;
		char line[512], *start = line;

		number++;
		while (keep && isspace((unsigned char)text[keep - 1]))
			keep--;
		if (keep >= sizeof(line) || memchr(text, '\0', keep)) {
			diag_at(reterr, number, 1, "not a PCR value");
			return -EBADMSG;
		}
		memcpy(line, text, keep);
		line[keep] = '\0';
		start += strspn(start, " \t");
		if (take_line(ret, start, &alg) < 0) {
			diag_at(reterr, number, 1,
				"not a PCR value; 'sha256:' and then "
				"'10: 0xHEX', or 'PCR-10: HEX' are");
			return -EBADMSG;
		}
		n += nl ? 1 : 0;
		text += n;
		len -= n;
	}
	if (ret->n_banks)
		return 0;
	diag_set(reterr, "no PCR value is in it");
	return -ENOENT;
}
