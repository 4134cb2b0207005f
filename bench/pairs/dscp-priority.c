#include "packet.h"

static __always_inline __u32 priority_of(__u8 dscp)
{
	switch (dscp) {
	case 46:
		return 6;
	case 34:
	case 36:
	case 38:
		return 4;
	case 26:
	case 28:
	case 30:
		return 3;
	case 8:
		return 1;
	default:
		return 0;
	}
}

SEC("tc")
int prioritize(struct __sk_buff *skb)
{
	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	struct iphdr *ip = DATA(skb) + ETH_HLEN;
	if ((void *)(ip + 1) > DATA_END(skb)) {
		if (bpf_skb_pull_data(skb, ETH_HLEN + sizeof(*ip)))
			return TC_ACT_OK;
		ip = DATA(skb) + ETH_HLEN;
		if ((void *)(ip + 1) > DATA_END(skb))
			return TC_ACT_OK;
	}
	skb->priority = priority_of(ip->tos >> 2);
	return TC_ACT_OK;
}
