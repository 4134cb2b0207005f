#include "packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} queues SEC(".maps");

SEC("xdp")
int spread(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	__u8 *payload = (void *)(ip + 1) + sizeof(struct udphdr);
	if ((void *)(payload + 32) > end)
		return XDP_PASS;
	__u32 hash = 0x811c9dc5;
	for (int i = 0; i < 32; i++)
		hash = (hash ^ payload[i]) * 0x01000193;
	__u32 key = hash & 7;
	__u64 *count = bpf_map_lookup_elem(&queues, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}
