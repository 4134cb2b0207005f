#include "packet.h"

struct network {
	__u32 prefixlen;
	__be32 address;
};

struct counter {
	__u64 drops;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct network);
	__type(value, struct counter);
} networks SEC(".maps");

SEC("xdp")
int drop_blocked(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	struct network key = { .prefixlen = 32, .address = ip->saddr };
	struct counter *counter = bpf_map_lookup_elem(&networks, &key);
	if (!counter)
		return XDP_PASS;
	__sync_fetch_and_add(&counter->drops, 1);
	return XDP_DROP;
}
