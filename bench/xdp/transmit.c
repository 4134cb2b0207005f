#include "../pairs/packet.h"

SEC("xdp")
int transmit(struct xdp_md *ctx)
{
	void *end = DATA_END(ctx);
	struct ethhdr *eth = DATA(ctx);
	unsigned char address[ETH_ALEN];
	if ((void *)(eth + 1) > end)
		return XDP_DROP;
	__builtin_memcpy(address, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, address, ETH_ALEN);
	return XDP_TX;
}
