#include "packet.h"

#define DNS_HEADER 12
#define LONGEST 64

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u64);
} queries SEC(".maps");

SEC("xdp")
int count_queries(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_UDP || ip->ihl != 5)
		return XDP_PASS;
	struct udphdr *udp = (void *)(ip + 1);
	if ((void *)(udp + 1) > end || udp->dest != bpf_htons(53))
		return XDP_PASS;
	__u8 *name = (void *)(udp + 1) + DNS_HEADER;
	__u32 hash = 0x811c9dc5;
	for (int i = 0; i < LONGEST; i++) {
		if ((void *)(name + i + 1) > end)
			return XDP_PASS;
		if (name[i] == 0)
			break;
		hash = (hash ^ name[i]) * 0x01000193;
	}
	__u64 *count = bpf_map_lookup_elem(&queries, &hash);
	if (!count) {
		__u64 zero = 0;
		bpf_map_update_elem(&queries, &hash, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&queries, &hash);
		if (!count)
			return XDP_PASS;
	}
	__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}
