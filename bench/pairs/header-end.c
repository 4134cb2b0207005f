#include "packet.h"

#define LENGTH 96

static const __u8 next[4][3] = {
	{ 0, 1, 0 },
	{ 0, 1, 2 },
	{ 0, 3, 0 },
	{ 0, 1, 4 },
};

SEC("xdp")
int find_end(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_TCP)
		return XDP_PASS;
	__u8 *payload = (void *)(ip + 1) + sizeof(struct tcphdr);
	if ((void *)(payload + LENGTH) > end)
		return XDP_PASS;
	__u32 state = 0;
	for (int i = 0; i < LENGTH; i++) {
		__u8 byte = payload[i];
		if (state > 3)
			return XDP_PASS;
		state = next[state][byte == '\r' ? 1 : byte == '\n' ? 2 : 0];
		if (state == 4)
			return 1000 + i;
	}
	return XDP_PASS;
}
