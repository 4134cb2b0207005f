#include "packet.h"

struct extension {
	__u8 next;
	__u8 length;
};

SEC("xdp")
int drop_extended(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IPV6))
		return XDP_PASS;
	struct ipv6hdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	__u8 next = ip->nexthdr;
	struct extension *extension = (void *)(ip + 1);
	for (int i = 0; i < 6; i++) {
		if (next == IPPROTO_ROUTING || next == IPPROTO_FRAGMENT)
			return XDP_DROP;
		if (next != IPPROTO_HOPOPTS && next != IPPROTO_DSTOPTS)
			return XDP_PASS;
		if ((void *)(extension + 1) > end)
			return XDP_PASS;
		next = extension->next;
		extension = (void *)extension + (extension->length + 1) * 8;
	}
	return XDP_DROP;
}
