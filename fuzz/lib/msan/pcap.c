/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For MemorySanitizer with a libpcap that is not instrumented: what the harness gets from libpcap
 * is declared initialised, no more. Linked with --wrap by build.sh; where libpcap is built with
 * the sanitizer, none of this is used.
 */
#include <pcap/pcap.h>
#include <sanitizer/msan_interface.h>

int __real_pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **hdr, const u_char **data);
int __wrap_pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **hdr, const u_char **data);
pcap_t *__real_pcap_fopen_offline_with_tstamp_precision(FILE *file, u_int precision, char *why);
pcap_t *__wrap_pcap_fopen_offline_with_tstamp_precision(FILE *file, u_int precision, char *why);
char *__real_pcap_geterr(pcap_t *pcap);
char *__wrap_pcap_geterr(pcap_t *pcap);

int __wrap_pcap_next_ex(pcap_t *pcap, struct pcap_pkthdr **hdr, const u_char **data)
{
	int status = __real_pcap_next_ex(pcap, hdr, data);

	if (status != 1)
		return status;
	__msan_unpoison(hdr, sizeof(*hdr));
	__msan_unpoison(data, sizeof(*data));
	__msan_unpoison(*hdr, sizeof(**hdr));
	__msan_unpoison(*data, (*hdr)->caplen);
	return status;
}

pcap_t *__wrap_pcap_fopen_offline_with_tstamp_precision(FILE *file, u_int precision, char *why)
{
	pcap_t *pcap = __real_pcap_fopen_offline_with_tstamp_precision(file, precision, why);

	if (!pcap)
		__msan_unpoison_string(why);
	return pcap;
}

char *__wrap_pcap_geterr(pcap_t *pcap)
{
	char *why = __real_pcap_geterr(pcap);

	__msan_unpoison_string(why);
	return why;
}
