#include "packet.h"

struct statistics {
	__u64 count;
	__u64 sum;
	__u32 least;
	__u32 greatest;
	__u32 average;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, struct statistics);
} statistics SEC(".maps");

SEC("tc")
int account(struct __sk_buff *skb)
{
	__u32 length = skb->len;
	__u32 mark = skb->mark;
	struct statistics *known = bpf_map_lookup_elem(&statistics, &mark);
	if (!known) {
		struct statistics first;
		__builtin_memset(&first, 0, sizeof(first));
		first.count = 1;
		first.sum = length;
		first.least = length;
		first.greatest = length;
		first.average = length * 256;
		bpf_map_update_elem(&statistics, &mark, &first, BPF_ANY);
		return TC_ACT_OK;
	}
	known->count++;
	known->sum += length;
	if (length < known->least)
		known->least = length;
	if (length > known->greatest)
		known->greatest = length;
	known->average = known->average - (known->average >> 3) + length * 32;
	return TC_ACT_OK;
}
