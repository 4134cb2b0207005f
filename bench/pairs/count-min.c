#include "packet.h"

#define ROWS 4
#define LIMIT 1000000000

struct sketch {
	__u32 rows[ROWS][512];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct sketch);
} sketches SEC(".maps");

static const __u32 seeds[ROWS] = { 0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f };

SEC("xdp")
int limit_heavy(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	if ((void *)(eth + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	__u32 zero = 0;
	struct sketch *sketch = bpf_map_lookup_elem(&sketches, &zero);
	if (!sketch)
		return XDP_PASS;
	__u32 source = bpf_ntohl(ip->saddr);
	__u32 least = 0xffffffff;
#pragma unroll
	for (int row = 0; row < ROWS; row++) {
		__u32 count = ++sketch->rows[row][source * seeds[row] >> 23];
		if (count < least)
			least = count;
	}
	return least > LIMIT ? XDP_DROP : XDP_PASS;
}
