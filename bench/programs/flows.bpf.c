// The twin of flows.ts: the same maps, types and decisions, as one writes them for libbpf.
#ifdef VMLINUX
#include "vmlinux.h"
#define ETH_P_IP 0x0800
#else
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#endif
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

struct flow_key {
	__be32 source;
	__be32 destination;
	__u16 source_port;
	__u16 destination_port;
	__u32 protocol;
};

struct flow {
	__u64 packets;
	__u64 bytes;
};

struct new_flow {
	__u64 time;
	struct flow_key key;
	__u32 length;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, struct flow);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u64);
} per_protocol SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, __u64);
} opens SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

SEC("xdp")
int count_flows(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *ethernet = data;
	if ((void *)(ethernet + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	struct iphdr *ip = (void *)(ethernet + 1);
	if ((void *)(ip + 1) > end)
		return XDP_PASS;
	__u64 length = bpf_ntohs(ip->tot_len);
	struct flow_key key = { .source = ip->saddr, .destination = ip->daddr, .protocol = ip->protocol };
	struct flow *drops = bpf_map_lookup_elem(&blocked, &key.source);
	if (drops) {
		__sync_fetch_and_add(&drops->packets, 1);
		__sync_fetch_and_add(&drops->bytes, length);
		return XDP_DROP;
	}
	__u64 *count = bpf_map_lookup_elem(&per_protocol, &key.protocol);
	if (count)
		__sync_fetch_and_add(count, 1);
	if (key.protocol != IPPROTO_TCP && key.protocol != IPPROTO_UDP)
		return XDP_PASS;
	struct tcphdr *ports = (void *)ip + ip->ihl * 4;
	if ((void *)(ports + 1) > end)
		return XDP_PASS;
	key.source_port = bpf_ntohs(ports->source);
	key.destination_port = bpf_ntohs(ports->dest);
	struct flow *flow = bpf_map_lookup_elem(&flows, &key);
	if (flow) {
		__sync_fetch_and_add(&flow->packets, 1);
		__sync_fetch_and_add(&flow->bytes, length);
		return XDP_PASS;
	}
	struct flow first = { .packets = 1, .bytes = length };
	bpf_map_update_elem(&flows, &key, &first, BPF_ANY);
	struct new_flow *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return XDP_PASS;
	event->time = bpf_ktime_get_ns();
	event->key = key;
	event->length = length;
	bpf_ringbuf_submit(event, 0);
	return XDP_PASS;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int count_opens(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	__u64 *count = bpf_map_lookup_elem(&opens, &pid);
	if (count) {
		__sync_fetch_and_add(count, 1);
		return 0;
	}
	__u64 first = 1;
	bpf_map_update_elem(&opens, &pid, &first, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
