// Sends Ethernet frames by an interface as fast as it can, or at a rate, for so long; prints how many, and how many nanoseconds it took.
// usage: generator INTERFACE FRAME_BYTES MILLISECONDS [PACKETS_A_SECOND]
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 32

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int size = atoi(argv[2]);
  long long duration = atoll(argv[3]) * 1000000LL;
  long long rate = argc > 4 ? atoll(argv[4]) : 0;
  int fd = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex(argv[1]), .sll_halen = 6};
  if (fd < 0 || to.sll_ifindex == 0 || size < 60 || size > 9000 || bind(fd, (struct sockaddr *)&to, sizeof to) < 0) {
    perror("generator");
    return 1;
  }
  static unsigned char frame[9000];
  // An IPv4 datagram of UDP to port 9, to nobody: no stack answers it.
  memset(frame, 0x02, 12);
  frame[6] = 0x06;
  frame[12] = 0x08;
  unsigned char header[] = {0x45, 0, (size - 14) >> 8, (size - 14) & 255, 0, 0, 0, 0, 64, 17, 0, 0, 10, 9, 8, 1, 10, 9, 8, 2};
  unsigned char udp[] = {0x30, 0x39, 0, 9, (size - 34) >> 8, (size - 34) & 255, 0, 0};
  memcpy(frame + 14, header, sizeof header);
  memcpy(frame + 34, udp, sizeof udp);
  struct iovec vector = {frame, size};
  static struct mmsghdr messages[BATCH];
  for (int i = 0; i < BATCH; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &vector, .msg_iovlen = 1};
  long long start = now(), sent = 0, elapsed = 0;
  while (elapsed < duration) {
    if (rate == 0 || sent < rate * (elapsed / 1e9)) {
      int count = sendmmsg(fd, messages, BATCH, 0);
      if (count > 0) sent += count;
    }
    elapsed = now() - start;
  }
  printf("%lld %lld\n", sent, elapsed);
  return 0;
}
