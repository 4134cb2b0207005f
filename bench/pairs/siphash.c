#include "packet.h"

#define KEY0 0x0706050403020100ULL
#define KEY1 0x0f0e0d0c0b0a0908ULL

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} buckets SEC(".maps");

static __always_inline __u64 rotate(__u64 word, unsigned int by)
{
	return (word << by) | (word >> (64 - by));
}

#define ROUND						\
	do {						\
		v0 += v1; v1 = rotate(v1, 13) ^ v0;	\
		v0 = rotate(v0, 32);			\
		v2 += v3; v3 = rotate(v3, 16) ^ v2;	\
		v0 += v3; v3 = rotate(v3, 21) ^ v0;	\
		v2 += v1; v1 = rotate(v1, 17) ^ v2;	\
		v2 = rotate(v2, 32);			\
	} while (0)

static __always_inline __u64 siphash(__u64 word)
{
	__u64 v0 = KEY0 ^ 0x736f6d6570736575ULL;
	__u64 v1 = KEY1 ^ 0x646f72616e646f6dULL;
	__u64 v2 = KEY0 ^ 0x6c7967656e657261ULL;
	__u64 v3 = KEY1 ^ 0x7465646279746573ULL;
	__u64 last = 8ULL << 56;

	v3 ^= word;
	ROUND;
	ROUND;
	v0 ^= word;
	v3 ^= last;
	ROUND;
	ROUND;
	v0 ^= last;
	v2 ^= 0xff;
	ROUND;
	ROUND;
	ROUND;
	ROUND;
	return v0 ^ v1 ^ v2 ^ v3;
}

SEC("xdp")
int choose_bucket(struct xdp_md *ctx)
{
	void *data = DATA(ctx);
	void *end = DATA_END(ctx);
	struct ethhdr *eth = data;
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	__u64 addresses;
	__builtin_memcpy(&addresses, &ip->saddr, sizeof(addresses));
	__u32 key = siphash(addresses) & 255;
	__u64 *count = bpf_map_lookup_elem(&buckets, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	return XDP_PASS;
}
