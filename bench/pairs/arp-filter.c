#include "packet.h"

#define ARPHRD_ETHER 1
#define ARPOP_REQUEST 1

struct arp_ipv4 {
	__be16 ar_hrd;
	__be16 ar_pro;
	__u8 ar_hln;
	__u8 ar_pln;
	__be16 ar_op;
	__u8 source_hardware[6];
	__u8 source[4];
	__u8 target_hardware[6];
	__u8 target[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u8[4]);
	__type(value, __u64);
} owned SEC(".maps");

SEC("xdp")
int filter_arp(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_ARP))
		return XDP_PASS;
	struct arp_ipv4 *arp = (void *)(eth + 1);
	if ((void *)(arp + 1) > end)
		return XDP_PASS;
	if (arp->ar_hrd != bpf_htons(ARPHRD_ETHER) || arp->ar_pro != bpf_htons(ETH_P_IP) ||
	    arp->ar_hln != 6 || arp->ar_pln != 4 || arp->ar_op != bpf_htons(ARPOP_REQUEST))
		return XDP_PASS;
	__u8 key[4];
	__builtin_memcpy(key, arp->target, sizeof(key));
	return bpf_map_lookup_elem(&owned, key) ? XDP_PASS : XDP_DROP;
}
