#include "packet.h"

#define TCPOPT_EOL 0
#define TCPOPT_NOP 1
#define TCPOPT_MSS 2

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u16);
	__type(value, __u64);
} sizes SEC(".maps");

SEC("xdp")
int count_segment_sizes(struct xdp_md *ctx)
{
	void *data = DATA(ctx);
	void *end = DATA_END(ctx);
	struct ethhdr *eth = data;
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->protocol != IPPROTO_TCP || ip->ihl != 5)
		return XDP_PASS;
	struct tcphdr *tcp = (void *)(ip + 1);
	if ((void *)(tcp + 1) > end || !tcp->syn)
		return XDP_PASS;
	__u8 *option = (void *)(tcp + 1);
	__u8 *last = (void *)tcp + tcp->doff * 4;
	for (int i = 0; i < 10 && option < last; i++) {
		if ((void *)(option + 1) > end)
			return XDP_PASS;
		if (*option == TCPOPT_EOL)
			break;
		if (*option == TCPOPT_NOP) {
			option++;
			continue;
		}
		if (*option == TCPOPT_MSS) {
			if ((void *)(option + 4) > end)
				return XDP_PASS;
			__u16 size = bpf_ntohs(*(__be16 *)(option + 2));
			__u64 *count = bpf_map_lookup_elem(&sizes, &size);
			if (!count) {
				__u64 zero = 0;
				bpf_map_update_elem(&sizes, &size, &zero, BPF_NOEXIST);
				count = bpf_map_lookup_elem(&sizes, &size);
				if (!count)
					return XDP_PASS;
			}
			__sync_fetch_and_add(count, 1);
			break;
		}
		if ((void *)(option + 2) > end)
			return XDP_PASS;
		option += option[1];
	}
	return XDP_PASS;
}
