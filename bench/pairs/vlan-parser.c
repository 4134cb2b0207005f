#include "packet.h"

struct vlan_hdr {
	__be16 h_vlan_TCI;
	__be16 h_vlan_encapsulated_proto;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u16);
	__type(value, __u64);
} protocols SEC(".maps");

SEC("xdp")
int count_behind_tags(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end)
		return XDP_PASS;
	__be16 protocol = eth->h_proto;
	struct vlan_hdr *tag = (void *)(eth + 1);
#pragma unroll
	for (int i = 0; i < 2; i++) {
		if (protocol != bpf_htons(ETH_P_8021Q) && protocol != bpf_htons(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > end)
			return XDP_PASS;
		protocol = tag->h_vlan_encapsulated_proto;
		tag++;
	}
	__u16 key = bpf_ntohs(protocol);
	__u64 *count = bpf_map_lookup_elem(&protocols, &key);
	if (!count) {
		__u64 zero = 0;
		bpf_map_update_elem(&protocols, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&protocols, &key);
		if (!count)
			return XDP_PASS;
	}
	__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}
