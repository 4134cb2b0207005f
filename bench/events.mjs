// `npm run bench -- events`: reading ring buffers and perf queues, beside C with libbpf.
import { Buffer } from 'node:buffer';
import { clearTimeout, setTimeout } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { programId, sideBySide, time } from './data/side-by-side.mjs';

const packet = Buffer.alloc(64);
/** A queue of 1 MiB has room for as many records of 8 bytes, one of 4 MiB for these of 64. */
const IN_RING = 50_000;
const IN_LARGE = 50_000;
/** One CPU's perf buffer of 256 KiB has room for 10,922 records of 24 bytes. */
const IN_PERF = 10_000;
const PERF_PAGES = 64;
const MILLISECONDS = 500;

/** @param {readonly string[]} args what follows `events` on the command line. */
export async function compareEvents(args) {
  await sideBySide('events', args, async (bench, rounds) => {
    const { testRun } = await import('../dist/runtime/test-run.js');
    const push = (object, program, times) => testRun(object.programs[program], { packet, repeat: times });
    const rows = [];
    for (const [map, program, count, goal] of [
      ['small', 'pushSmall', IN_RING, 3.5],
      ['large', 'pushLarge', IN_LARGE, 5],
    ]) {
      const bytes = map === 'small' ? '8' : '64';
      const subject = { map, program, count, goal, name: `ring, ${bytes} bytes` };
      rows.push(...(await compareDrains(bench, rounds, push, { ...subject, take: drain })));
      rows.push(await compareParallel(bench, rounds, subject));
      const take = map === 'small' ? sumsOfNumbers() : sumsOfStructs();
      rows.push(...(await compareDrains(bench, rounds, push, { ...subject, name: `${subject.name}, in place`, take })));
    }
    rows.push(...(await comparePerf(bench, rounds, push)));
    return rows;
  });
}

/** Reads all that is there; every event is decoded and looked at. */
function drain(queue) {
  let count = 0;
  for (let events = queue.read({ batch: true }); events.length > 0; events = queue.read({ batch: true })) {
    for (const event of events) if (event !== undefined) count++;
  }
  return count;
}

/**
 * Events in place, by a callback that adds up what there is, as those of reference.c do: modulo 2^64, which `BigInt.asUintN` says, so
 * that the engine makes no bigint of a sum. Numbers of 32 bits are added up as numbers, exactly.
 */
function sumsOfStructs() {
  const long = new BigUint64Array(1);
  const short = new Float64Array(1);
  const add = (event) => {
    const times = BigInt.asUintN(64, event.time + event.address);
    const sizes = BigInt.asUintN(64, event.inode + event.bytes);
    long[0] = BigInt.asUintN(64, long[0] + BigInt.asUintN(64, times + sizes));
    short[0] += event.pid + event.tid + event.uid + event.gid + event.cpu + event.port + event.length + event.flags;
  };
  let events = 0n;
  let before = 0n;
  return (ring) => {
    const count = ring.consume(add);
    // What producer.ts writes: `time` is the number of the event, all else is the same in each.
    const [first, last] = [events + 1n, (events += BigInt(count))];
    const expected = BigInt(count) * (0xffff888000000000n + 5n + 6n) + ((first + last) * BigInt(count)) / 2n;
    const numbers = count * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 0x80000000);
    if (long[0] !== BigInt.asUintN(64, before + expected) || short[0] !== numbers)
      throw new Error('the sums are wrong');
    before = long[0];
    short[0] = 0;
    return count;
  };
}

function sumsOfNumbers() {
  const sum = new BigUint64Array(1);
  const add = (value) => {
    sum[0] = BigInt.asUintN(64, sum[0] + value);
  };
  let events = 0n;
  return (ring) => {
    const count = ring.consume(add);
    events += BigInt(count);
    if (sum[0] !== (events * (events + 1n)) / 2n) throw new Error('the sum is wrong');
    return count;
  };
}

async function compareDrains(bench, rounds, push, { map, program, count, goal, name, take }) {
  const [own, other] = [bench.load(), bench.load()];
  const queue = own.maps[map];
  void queue.fd;
  const reference = bench.reference();
  await reference.ask(map, other.maps[map].id);
  const filled = { own: [], reference: [] };
  const together = { own: [], reference: [] };
  for (let round = -3; round < rounds; round++) {
    push(own, program, count);
    const { nanoseconds, result } = time(() => take(queue));
    push(other, program, count);
    const answer = await reference.ask('consume');
    if (result !== count || answer.count !== count)
      throw new Error(`${count} records were pushed, ${result} and ${answer.count} came`);
    const back = time(() => {
      let received = 0;
      for (let turn = 0; turn < 20; turn++) {
        push(own, program, count / 10);
        received += take(queue);
      }
      return received;
    });
    const fill = await reference.ask('fill', await programId(other.programs[program]), count / 10);
    if (back.result !== 2 * count || fill.count !== 2 * count) throw new Error('records are missing');
    if (round < 0) continue;
    filled.own.push(nanoseconds / count);
    filled.reference.push(answer.nanoseconds / count);
    together.own.push((back.result * 1e9) / back.nanoseconds);
    together.reference.push((fill.count * 1e9) / fill.nanoseconds);
  }
  return [
    { name: `${name}, filled before`, ...filled, unit: 'ns/record', goal },
    { name: `${name}, back to back`, ...together, unit: 'records/s', goal: 0.9, higher: true },
  ];
}

/** A producer on another CPU, as fast as it goes. */
async function compareParallel(bench, rounds, { map, program, name, pages = 0 }) {
  const figures = { own: [], reference: [] };
  const elsewhere = bench.cpu === 0 ? 1 : 0;
  const reference = bench.reference();
  for (let round = 0; round < Math.min(rounds, 7); round++) {
    const [own, other] = [bench.load(), bench.load()];
    for (const [object, consume] of [
      [own, async () => (await iterate(own.maps[map], MILLISECONDS)) / (MILLISECONDS / 1000)],
      [
        other,
        async () => {
          await reference.ask(map, other.maps[map].id, pages);
          const { count, nanoseconds } = await reference.ask('poll', 0, MILLISECONDS);
          await reference.ask('close');
          return (count * 1e9) / nanoseconds;
        },
      ],
    ]) {
      object.programs[program].load();
      void object.maps[map].fd;
      const producer = bench.reference(elsewhere);
      producer.tell('produce', await programId(object.programs[program]), 2000);
      await sleep(50);
      figures[object === own ? 'own' : 'reference'].push(await consume());
      producer.close();
      object.close();
    }
  }
  return { name: `${name}, beside its producer`, ...figures, unit: 'records/s', goal: 0.9, higher: true };
}

async function iterate(queue, milliseconds) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), milliseconds);
  let count = 0;
  try {
    for await (const events of queue.events({ batch: true, signal: stop.signal })) {
      for (const event of events) if (event !== undefined) count++;
    }
  } catch (failure) {
    if (!stop.signal.aborted) throw failure;
  } finally {
    clearTimeout(timer);
  }
  return count;
}

async function comparePerf(bench, rounds, push) {
  const [own, other] = [bench.load(), bench.load()];
  const queue = own.maps.perf;
  void queue.fd;
  const reference = bench.reference();
  await reference.ask('perf', other.maps.perf.id, PERF_PAGES);
  const filled = { own: [], reference: [] };
  const together = { own: [], reference: [] };
  const losses = { own: [], reference: [] };
  for (let round = -3; round < rounds; round++) {
    push(own, 'pushPerf', IN_PERF);
    const { nanoseconds, result } = time(() => drain(queue));
    push(other, 'pushPerf', IN_PERF);
    const answer = await reference.ask('consume');
    if (result !== IN_PERF || answer.count !== IN_PERF)
      throw new Error(`${IN_PERF} events were pushed, ${result} and ${answer.count} came`);
    const back = time(() => {
      let received = 0;
      for (let turn = 0; turn < 20; turn++) {
        push(own, 'pushPerf', IN_PERF / 2);
        received += drain(queue);
      }
      return received;
    });
    const fill = await reference.ask('fill', await programId(other.programs.pushPerf), IN_PERF / 2);
    if (back.result !== 10 * IN_PERF || fill.count !== 10 * IN_PERF) throw new Error('events are missing');
    if (round < 0) continue;
    filled.own.push(nanoseconds / IN_PERF);
    filled.reference.push(answer.nanoseconds / IN_PERF);
    together.own.push((back.result * 1e9) / back.nanoseconds);
    together.reference.push((fill.count * 1e9) / fill.nanoseconds);
  }
  const before = queue.lost;
  await reference.ask('close');
  await reference.ask('perf', other.maps.perf.id, PERF_PAGES);
  for (let round = 0; round < 5; round++) {
    for (const object of [own, other]) push(object, 'pushPerf', 3 * IN_PERF);
    // The kernel writes the record of what was lost before the next event.
    const received = drain(queue);
    const answer = await reference.ask('consume');
    if (received !== answer.count) throw new Error(`of as many events ${received} and ${answer.count} came`);
    for (const object of [own, other]) push(object, 'pushPerf', 1);
    drain(queue);
    await reference.ask('consume');
  }
  losses.own.push(queue.lost - before);
  losses.reference.push((await reference.ask('close')).count);
  return [
    { name: 'perf queue, 8 bytes, filled before', ...filled, unit: 'ns/record' },
    { name: 'perf queue, 8 bytes, back to back', ...together, unit: 'records/s', goal: 0.9, higher: true },
    await compareParallel(bench, rounds, {
      map: 'perf',
      program: 'pushPerf',
      name: 'perf queue, 8 bytes',
      pages: PERF_PAGES,
    }),
    { name: 'perf queue, events lost', ...losses, unit: 'events', goal: 1 },
  ];
}
