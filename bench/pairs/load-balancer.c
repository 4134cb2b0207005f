#include "packet.h"

struct server {
	__be32 address;
	__u32 weight;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct server);
} servers SEC(".maps");

static __always_inline __u32 rotate(__u32 word, unsigned int by)
{
	return (word << by) | (word >> (32 - by));
}

static __always_inline __u32 jhash(__u32 a, __u32 b, __u32 c)
{
	a += 0xdeadbefb;
	b += 0xdeadbefb;
	c += 0xdeadbefb;
	c ^= b; c -= rotate(b, 14);
	a ^= c; a -= rotate(c, 11);
	b ^= a; b -= rotate(a, 25);
	c ^= b; c -= rotate(b, 16);
	a ^= c; a -= rotate(c, 4);
	b ^= a; b -= rotate(a, 14);
	c ^= b; c -= rotate(b, 24);
	return c;
}

SEC("xdp")
int balance(struct xdp_md *ctx)
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
	__u32 ports = (__u32)bpf_ntohs(tcp->source) << 16 | bpf_ntohs(tcp->dest);
	__u32 key = jhash(bpf_ntohl(ip->saddr), bpf_ntohl(ip->daddr), ports) & 15;
	struct server *server = bpf_map_lookup_elem(&servers, &key);
	if (!server || server->weight == 0)
		return XDP_DROP;
	ip->daddr = server->address;
	return XDP_TX;
}
