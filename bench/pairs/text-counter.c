#include "packet.h"

SEC("socket")
int count_printable(struct __sk_buff *skb)
{
	__u8 protocol;
	__u8 payload[64];

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return 0;
	if (bpf_skb_load_bytes(skb, ETH_HLEN + 9, &protocol, sizeof(protocol)) < 0 || protocol != IPPROTO_UDP)
		return 0;
	if (bpf_skb_load_bytes(skb, 42, payload, sizeof(payload)) < 0)
		return 0;
	int printable = 0;
	for (int i = 0; i < sizeof(payload); i++) {
		if (payload[i] >= 0x20 && payload[i] < 0x7f)
			printable++;
	}
	return printable;
}
