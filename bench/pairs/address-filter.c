#include "packet.h"

#define NETWORK 0x0a000000

struct ports {
	__be16 source;
	__be16 destination;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u32);
} hosts SEC(".maps");

SEC("socket")
int select(struct __sk_buff *skb)
{
	struct iphdr ip;

	if (skb->protocol != bpf_htons(ETH_P_IP))
		return 0;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) < 0)
		return 0;
	__be32 host = (ip.saddr & bpf_htonl(0xff000000)) == bpf_htonl(NETWORK) ? ip.daddr : ip.saddr;
	if (!bpf_map_lookup_elem(&hosts, &host))
		return 0;
	if (ip.protocol == IPPROTO_TCP) {
		struct ports ports;
		if (bpf_skb_load_bytes(skb, ETH_HLEN + ip.ihl * 4, &ports, sizeof(ports)) < 0)
			return 0;
		if (ports.source == bpf_htons(22) || ports.destination == bpf_htons(22))
			return 0;
	}
	return skb->len;
}
