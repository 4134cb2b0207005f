#include "../pairs/packet.h"

struct traffic {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct traffic);
} protocols SEC(".maps");

SEC("xdp")
int count(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_DROP;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_DROP;
	__u32 protocol = ip->protocol;
	struct traffic *traffic = bpf_map_lookup_elem(&protocols, &protocol);
	if (!traffic)
		return XDP_DROP;
	traffic->packets++;
	traffic->bytes += bpf_ntohs(ip->tot_len);
	return XDP_DROP;
}
