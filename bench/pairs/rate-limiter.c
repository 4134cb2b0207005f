#include "packet.h"

#define BURST 1000000
#define PERIOD 1024

struct bucket {
	__u64 tokens;
	__u64 time;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __be32);
	__type(value, struct bucket);
} buckets SEC(".maps");

SEC("tc")
int limit(struct __sk_buff *skb)
{
	if (skb->protocol != bpf_htons(ETH_P_IP))
		return TC_ACT_OK;
	struct iphdr *ip = DATA(skb) + ETH_HLEN;
	if ((void *)(ip + 1) > DATA_END(skb)) {
		if (bpf_skb_pull_data(skb, ETH_HLEN + sizeof(*ip)))
			return TC_ACT_OK;
		ip = DATA(skb) + ETH_HLEN;
		if ((void *)(ip + 1) > DATA_END(skb))
			return TC_ACT_OK;
	}
	__be32 source = ip->saddr;
	__u64 now = bpf_ktime_get_ns();
	__u64 size = skb->len;
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &source);
	if (!bucket) {
		struct bucket first = { .tokens = BURST, .time = now };
		bpf_map_update_elem(&buckets, &source, &first, BPF_ANY);
		return TC_ACT_OK;
	}
	__u64 tokens = bucket->tokens + (now - bucket->time) / PERIOD;
	if (tokens > BURST)
		tokens = BURST;
	bucket->time = now;
	if (tokens < size) {
		bucket->tokens = tokens;
		return TC_ACT_SHOT;
	}
	bucket->tokens = tokens - size;
	return TC_ACT_OK;
}
