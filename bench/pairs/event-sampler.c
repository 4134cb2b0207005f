#include "packet.h"

struct sample {
	__u64 time;
	__u32 length;
	__u32 mark;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} samples SEC(".maps");

volatile __u64 packets;

SEC("tc")
int sample(struct __sk_buff *skb)
{
	__sync_fetch_and_add(&packets, 1);
	if (packets & 4095)
		return TC_ACT_OK;
	struct sample *event = bpf_ringbuf_reserve(&samples, sizeof(*event), 0);
	if (!event)
		return TC_ACT_OK;
	event->time = bpf_ktime_get_ns();
	event->length = skb->len;
	event->mark = skb->mark;
	bpf_ringbuf_submit(event, 0);
	return TC_ACT_OK;
}
