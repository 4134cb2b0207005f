#include "packet.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 32);
	__type(key, __u32);
	__type(value, __u64);
} lengths SEC(".maps");

static __always_inline __u32 log2(__u32 v)
{
	__u32 r, shift;

	r = (v > 0xffff) << 4; v >>= r;
	shift = (v > 0xff) << 3; v >>= shift; r |= shift;
	shift = (v > 0xf) << 2; v >>= shift; r |= shift;
	shift = (v > 0x3) << 1; v >>= shift; r |= shift;
	r |= v >> 1;
	return r;
}

SEC("tc")
int measure(struct __sk_buff *skb)
{
	__u32 key = log2(skb->len);
	__u64 *count = bpf_map_lookup_elem(&lengths, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	return TC_ACT_OK;
}
