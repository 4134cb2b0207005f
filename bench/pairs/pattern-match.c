#include "packet.h"

#define LENGTH 64
#define PATTERN "passwd"
#define PATTERN_LENGTH (sizeof(PATTERN) - 1)

SEC("xdp")
int drop_pattern(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	__u8 *payload = (void *)(ip + 1) + sizeof(struct udphdr);
	if ((void *)(payload + LENGTH) > end)
		return XDP_PASS;
	for (int start = 0; start <= LENGTH - PATTERN_LENGTH; start++) {
		int same = 1;
#pragma unroll
		for (int i = 0; i < PATTERN_LENGTH; i++) {
			if (payload[start + i] != PATTERN[i]) {
				same = 0;
				break;
			}
		}
		if (same)
			return XDP_DROP;
	}
	return XDP_PASS;
}
