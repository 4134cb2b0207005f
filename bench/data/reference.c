// The same work in C with libbpf: reads commands, one a line, and answers with nanoseconds and a count.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct sample {
  __u64 time, address, inode, bytes;
  __u32 pid, tid, uid, gid, cpu, port, length, flags;
};

static __u64 received, lost;
static volatile __u64 sink;

static __u64 now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static int on_small(void *context, void *data, size_t size) {
  received++;
  sink += *(__u64 *)data;
  return 0;
}

static int on_large(void *context, void *data, size_t size) {
  const struct sample *sample = data;
  received++;
  sink += sample->time + sample->address + sample->inode + sample->bytes + sample->pid + sample->tid + sample->uid +
          sample->gid + sample->cpu + sample->port + sample->length + sample->flags;
  return 0;
}

static void on_perf(void *context, int cpu, void *data, __u32 size) {
  received++;
  sink += *(__u64 *)data;
}

static void on_lost(void *context, int cpu, __u64 count) { lost += count; }

static void run(int program, unsigned times) {
  char packet[64] = { 0 };
  LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof packet, .repeat = times);
  if (bpf_prog_test_run_opts(program, &options)) exit(1);
}

static void answer(__u64 nanoseconds, __u64 count) {
  printf("%llu %llu\n", (unsigned long long)nanoseconds, (unsigned long long)count);
  fflush(stdout);
}

static __u64 lookups(int map, unsigned count) {
  __u64 value;
  for (__u32 key = 0; key < count; key++)
    if (!bpf_map_lookup_elem(map, &key, &value)) sink += value;
  return count;
}

static __u64 updates(int map, unsigned count) {
  for (__u32 key = 0; key < count; key++) {
    __u64 value = key;
    bpf_map_update_elem(map, &key, &value, BPF_ANY);
  }
  return count;
}

static __u64 iterate(int map) {
  __u32 key, *before = NULL;
  __u64 value, entries = 0;
  for (; !bpf_map_get_next_key(map, before, &key); before = &key) {
    if (!bpf_map_lookup_elem(map, &key, &value)) sink += key + value;
    entries++;
  }
  return entries;
}

static __u64 batches(int map) {
  enum { ROOM = 4096 };
  static __u32 keys[ROOM];
  static __u64 values[ROOM];
  __u32 cursor, *from = NULL, count;
  __u64 entries = 0;
  for (;;) {
    count = ROOM;
    int result = bpf_map_lookup_batch(map, from, &cursor, keys, values, &count, NULL);
    for (__u32 index = 0; index < count; index++) sink += keys[index] + values[index];
    entries += count;
    if (result) return entries;
    from = &cursor;
  }
}

/** Reads of a word of an array map that is mapped, as a skeleton's globals are. */
static __u64 globals(unsigned count) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
  int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "globals", 4, 64, 1, &options);
  const volatile __u64 *words = mmap(NULL, 4096, PROT_READ, MAP_SHARED, map, 0);
  if (words == MAP_FAILED) exit(1);
  __u64 begin = now(CLOCK_PROCESS_CPUTIME_ID), sum = 0;
  for (unsigned index = 0; index < count; index++) sum += words[1];
  __u64 taken = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
  sink += sum;
  munmap((void *)words, 4096);
  close(map);
  return taken;
}

int main(void) {
  struct ring_buffer *ring = NULL;
  struct perf_buffer *perf = NULL;
  char line[128], name[32];
  unsigned first, second;
  while (fgets(line, sizeof line, stdin)) {
    first = second = 0;
    sscanf(line, "%31s %u %u", name, &first, &second);
    if (!strcmp(name, "produce")) {
      // Until somebody ends the process.
      for (int program = bpf_prog_get_fd_by_id(first);;) run(program, second);
    }
    if (!strcmp(name, "globals")) {
      answer(globals(first), first);
    } else if (!strcmp(name, "small") || !strcmp(name, "large")) {
      ring = ring_buffer__new(bpf_map_get_fd_by_id(first), name[0] == 's' ? on_small : on_large, NULL, NULL);
      answer(0, ring != NULL);
    } else if (!strcmp(name, "perf")) {
      perf = perf_buffer__new(bpf_map_get_fd_by_id(first), second, on_perf, on_lost, NULL, NULL);
      answer(0, perf != NULL);
    } else if (!strcmp(name, "close")) {
      ring_buffer__free(ring);
      perf_buffer__free(perf);
      ring = NULL;
      perf = NULL;
      answer(0, lost);
      lost = 0;
    } else if (!strcmp(name, "consume") || !strcmp(name, "fill") || !strcmp(name, "poll")) {
      received = 0;
      int program = first ? bpf_prog_get_fd_by_id(first) : -1;
      // Who waits is asked for wall time, who works for processor time.
      clockid_t clock = name[0] == 'p' ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
      __u64 begin = now(clock), end = begin + second * 1000000ull;
      if (name[0] == 'p')
        while (now(clock) < end) ring ? ring_buffer__poll(ring, 10) : perf_buffer__poll(perf, 10);
      else if (name[0] == 'f')
        for (unsigned round = 0; round < 20; round++) {
          run(program, second);
          ring ? ring_buffer__consume(ring) : perf_buffer__consume(perf);
        }
      else ring ? ring_buffer__consume(ring) : perf_buffer__consume(perf);
      __u64 taken = now(clock) - begin;
      if (program >= 0) close(program);
      answer(taken, received);
    } else {
      int map = bpf_map_get_fd_by_id(first);
      __u64 begin = now(CLOCK_PROCESS_CPUTIME_ID);
      __u64 count = !strcmp(name, "lookup")    ? lookups(map, second)
                    : !strcmp(name, "update")  ? updates(map, second)
                    : !strcmp(name, "iterate") ? iterate(map)
                                               : batches(map);
      __u64 taken = now(CLOCK_PROCESS_CPUTIME_ID) - begin;
      close(map);
      answer(taken, count);
    }
  }
  return 0;
}
