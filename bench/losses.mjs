// `npm run bench -- losses`: whether received + lost = produced, for both kinds of queue, at the highest rate there is.
//
// A thread runs an XDP program without a pause (BPF_PROG_TEST_RUN, 10,000 times a call), and this one reads what the
// program reports, with the garbage collected all the while, and stops at times. What the ring buffer has no room for its program counts; of
// the perf queue the kernel does.
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { compileFlood, product, wholeNumber } from './flood.mjs';

const QUEUES = { ring: ['floodRing', 'tsbpf_flood_ring'], perf: ['floodPerf', 'tsbpf_flood_perf'] };
const RUNS = 10_000;
/** The reader stops for so long every three seconds, in milliseconds, so that any rate is too high at times. */
const STALL = 1000;

if (!isMainThread) await produce(workerData);

/** In the thread: runs the program until it is told to stop. */
async function produce({ fd, stop, repeat }) {
  const { programTestRun } = await product('runtime/native/libbpf.js');
  const { addressOf } = await product('runtime/native/library.js');
  const packet = Buffer.alloc(64);
  const size = 80;
  // struct bpf_test_run_opts (bpf.h): sz, data_in, data_size_in, repeat.
  const options = new DataView(new ArrayBuffer(size));
  options.setBigUint64(0, BigInt(size), true);
  options.setBigUint64(8, BigInt(addressOf(packet)), true);
  options.setUint32(24, packet.length, true);
  options.setInt32(60, repeat, true);
  const stopped = new Int32Array(stop);
  parentPort.postMessage('started');
  while (Atomics.load(stopped, 0) === 0) {
    const status = programTestRun(fd, new Uint8Array(options.buffer));
    if (status < 0) throw new Error(`the program cannot be run: ${status}`);
  }
  parentPort.postMessage('stopped');
}

/** @param {readonly string[]} parameters of the command line. */
export async function countLosses(parameters) {
  try {
    const options = { seconds: { type: 'string', default: '60' }, json: { type: 'boolean', default: false } };
    const { seconds, json } = parseArgs({ args: [...parameters], options }).values;
    const duration = wholeNumber(seconds, '--seconds', 86_400);
    const object = await compileFlood();
    const results = {};
    for (const queue of Object.keys(QUEUES)) results[queue] = await flood(object, queue, duration);
    console.log(json ? JSON.stringify(results) : Object.entries(results).map(line).join('\n'));
    process.exitCode = Object.values(results).every(isExact) ? 0 : 1;
  } catch (failure) {
    console.error(`bench: ${failure.message}`);
    process.exitCode = 3;
  }
}

async function flood(object, queue, seconds) {
  const { loadObject } = await product('runtime/index.js');
  const loaded = loadObject(object);
  const [program, map] = QUEUES[queue];
  const { fd } = loaded.programs[program];
  const stop = new SharedArrayBuffer(4);
  const worker = new Worker(new URL(import.meta.url), { workerData: { fd, stop, repeat: RUNS } });
  const failed = new Promise((_, reject) => worker.once('error', reject));
  await Promise.race([once(worker, 'message'), failed]);
  let isStopped = false;
  const ended = new Promise((resolve) => worker.once('message', resolve)).then(() => (isStopped = true));
  const collect = garbageCollector();
  const events = loaded.maps[map];
  const last = new Map();
  let received = 0;
  let disordered = 0;
  let collections = 0;
  const began = performance.now();
  let nextCollection = began;
  let nextStall = began + 300;
  const drain = () => {
    const batch = events.read({ batch: true });
    for (const { number, cpu } of batch) {
      if (number <= (last.get(cpu) ?? 0n)) disordered++;
      last.set(cpu, number);
    }
    received += batch.length;
    return batch.length;
  };
  const reading = async () => {
    while (!isStopped) {
      const now = performance.now();
      if (now - began > seconds * 1000) Atomics.store(new Int32Array(stop), 0, 1);
      if (now > nextCollection) {
        collect();
        collections++;
        nextCollection = now + 100;
      }
      if (now > nextStall) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STALL);
        nextStall = now + 3000;
      }
      for (let batches = 0; batches < 64 && drain() > 0; batches++);
      await setImmediate();
    }
    await ended;
    while (drain() > 0);
  };
  await Promise.race([reading(), failed]);
  const elapsed = (performance.now() - began) / 1000;
  const sum = (name) => [...loaded.maps[name].values()].reduce((total, count) => total + Number(count), 0);
  const lost = queue === 'ring' ? sum('refused') : events.lost;
  const produced = sum('produced');
  await worker.terminate();
  loaded.close();
  return { produced, received, lost, disordered, collections, seconds: elapsed };
}

function garbageCollector() {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
}

const isExact = ({ produced, received, lost, disordered }) => received + lost === produced && disordered === 0;

function line([queue, result]) {
  const { produced, received, lost, disordered, collections, seconds } = result;
  const rate = (count) => `${(count / seconds / 1e6).toFixed(2)} million a second`;
  const verdict = isExact(result) ? 'exact' : `WRONG by ${produced - received - lost}, ${disordered} out of order`;
  return `${queue}: ${produced} produced (${rate(produced)}), ${received} received (${rate(received)}), ${lost} lost: ${verdict}; garbage collected ${collections} times in ${seconds.toFixed(1)} s`;
}
