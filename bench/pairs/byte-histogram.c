#include "packet.h"

SEC("socket")
int measure_frequency(struct __sk_buff *skb)
{
	__u8 bytes[32];
	__u8 counts[16] = {};

	if (bpf_skb_load_bytes(skb, 42, bytes, sizeof(bytes)) < 0)
		return 0;
	for (int i = 0; i < sizeof(bytes); i++)
		counts[bytes[i] >> 4]++;
	__u32 most = 0;
	for (int i = 0; i < sizeof(counts); i++) {
		if (counts[i] > most)
			most = counts[i];
	}
	return most;
}
