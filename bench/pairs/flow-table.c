#include "packet.h"

struct flow {
	__be32 source;
	__be32 destination;
	__be16 source_port;
	__be16 destination_port;
	__u32 protocol;
};

struct traffic {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow);
	__type(value, struct traffic);
} flows SEC(".maps");

SEC("xdp")
int count_flows(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	struct udphdr *ports = (void *)ip + ip->ihl * 4;
	if ((void *)ports + 4 > end)
		return XDP_PASS;
	struct flow flow = {
		.source = ip->saddr,
		.destination = ip->daddr,
		.source_port = ports->source,
		.destination_port = ports->dest,
		.protocol = ip->protocol,
	};
	__u64 bytes = bpf_ntohs(ip->tot_len);
	struct traffic *traffic = bpf_map_lookup_elem(&flows, &flow);
	if (traffic) {
		__sync_fetch_and_add(&traffic->packets, 1);
		__sync_fetch_and_add(&traffic->bytes, bytes);
	} else {
		struct traffic first = { .packets = 1, .bytes = bytes };
		bpf_map_update_elem(&flows, &flow, &first, BPF_ANY);
	}
	return XDP_PASS;
}
