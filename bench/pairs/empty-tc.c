#include "packet.h"

SEC("tc")
int empty(struct __sk_buff *skb)
{
	return TC_ACT_OK;
}
