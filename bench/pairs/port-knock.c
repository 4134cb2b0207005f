#include "packet.h"

#define OPEN 3

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u32);
} knocks SEC(".maps");

static __always_inline __u32 next(__u32 state, __be16 port)
{
	if (state == 0 && port == bpf_htons(7000))
		return 1;
	if (state == 1 && port == bpf_htons(8000))
		return 2;
	if (state == 2 && port == bpf_htons(9000))
		return 3;
	return port == bpf_htons(7000) ? 1 : 0;
}

SEC("xdp")
int knock(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	struct tcphdr *tcp = (void *)(ip + 1);
	if ((void *)(tcp + 1) > end)
		return XDP_PASS;
	__be32 source = ip->saddr;
	__u32 *known = bpf_map_lookup_elem(&knocks, &source);
	__u32 state = known ? *known : 0;
	if (tcp->dest == bpf_htons(22))
		return state == OPEN ? XDP_PASS : XDP_DROP;
	if (state != OPEN) {
		state = next(state, tcp->dest);
		bpf_map_update_elem(&knocks, &source, &state, BPF_ANY);
	}
	return XDP_PASS;
}
