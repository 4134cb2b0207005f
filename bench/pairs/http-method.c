#include "packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} methods SEC(".maps");

#define WORD(a, b, c, d) ((a) << 24 | (b) << 16 | (c) << 8 | (d))

static __always_inline __u32 index_of(__u32 start)
{
	switch (start) {
	case WORD('G', 'E', 'T', ' '):
		return 1;
	case WORD('P', 'O', 'S', 'T'):
		return 2;
	case WORD('H', 'E', 'A', 'D'):
		return 3;
	case WORD('P', 'U', 'T', ' '):
		return 4;
	case WORD('D', 'E', 'L', 'E'):
		return 5;
	default:
		return 0;
	}
}

SEC("tc")
int count_methods(struct __sk_buff *skb)
{
	struct iphdr ip;
	struct tcphdr tcp;
	__be32 start;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) < 0 || ip.protocol != IPPROTO_TCP)
		return TC_ACT_OK;
	__u32 offset = ETH_HLEN + ip.ihl * 4;
	if (bpf_skb_load_bytes(skb, offset, &tcp, sizeof(tcp)) < 0 || tcp.dest != bpf_htons(80))
		return TC_ACT_OK;
	if (bpf_skb_load_bytes(skb, offset + tcp.doff * 4, &start, sizeof(start)) < 0)
		return TC_ACT_OK;
	__u32 key = index_of(bpf_ntohl(start));
	__u64 *count = bpf_map_lookup_elem(&methods, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	return TC_ACT_OK;
}
