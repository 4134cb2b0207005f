#include "packet.h"

struct connection {
	__be32 client;
	__be32 server;
	__be16 client_port;
	__be16 server_port;
};

struct progress {
	__u32 state;
	__u32 packets;
};

enum state { OPENING, OPEN, CLOSING };

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct connection);
	__type(value, struct progress);
} connections SEC(".maps");

SEC("xdp")
int follow(struct xdp_md *ctx)
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
	struct connection connection = {
		.client = ip->saddr,
		.server = ip->daddr,
		.client_port = tcp->source,
		.server_port = tcp->dest,
	};
	struct progress *progress = bpf_map_lookup_elem(&connections, &connection);
	if (!progress) {
		if (!tcp->syn)
			return XDP_DROP;
		struct progress first = { .state = OPENING, .packets = 1 };
		bpf_map_update_elem(&connections, &connection, &first, BPF_ANY);
		return XDP_PASS;
	}
	__sync_fetch_and_add(&progress->packets, 1);
	if (tcp->rst) {
		bpf_map_delete_elem(&connections, &connection);
		return XDP_PASS;
	}
	switch (progress->state) {
	case OPENING:
		if (tcp->ack)
			progress->state = OPEN;
		return XDP_PASS;
	case OPEN:
		if (tcp->syn)
			return XDP_DROP;
		if (tcp->fin)
			progress->state = CLOSING;
		return XDP_PASS;
	default:
		if (tcp->ack)
			bpf_map_delete_elem(&connections, &connection);
		return XDP_PASS;
	}
}
