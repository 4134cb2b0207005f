#include "packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2048);
	__type(key, __u32);
	__type(value, __u32);
} allowed SEC(".maps");

SEC("xdp")
int check_port(struct xdp_md *ctx)
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
	__u32 port = bpf_ntohs(tcp->dest);
	__u32 key = port >> 5;
	__u32 *word = bpf_map_lookup_elem(&allowed, &key);
	if (!word)
		return XDP_DROP;
	return *word >> (port & 31) & 1 ? XDP_PASS : XDP_DROP;
}
