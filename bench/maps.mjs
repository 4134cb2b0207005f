// `npm run bench -- maps`: single reads and writes, iterations and batches, beside C with libbpf.
import { Buffer } from 'node:buffer';
import { sideBySide, time } from './data/side-by-side.mjs';

const ENTRIES = 100_000;

/** @param {readonly string[]} args what follows `maps` on the command line. */
export async function compareMaps(args) {
  await sideBySide('maps', args, async (bench, rounds) => {
    const { walkKeys } = await import('../dist/runtime/maps/walk.js');
    const { table } = bench.load().maps;
    const { fd } = table;
    const reference = bench.reference();
    table.setBatch(Array.from({ length: ENTRIES }, (_, index) => [index, BigInt(index * 2)]));
    const { id } = table;
    const works = {
      lookup: () => {
        let sum = 0;
        for (let key = 0; key < ENTRIES; key++) sum += table.get(key) === undefined ? 0 : 1;
        return sum > 0 ? ENTRIES : 0;
      },
      update: () => {
        for (let key = 0; key < ENTRIES; key++) table.set(key, 5n);
        return ENTRIES;
      },
      iterate: () => {
        let count = 0;
        let sum = 0;
        for (const [key, value] of table) {
          sum += key;
          if (value !== undefined) count++;
        }
        return sum > 0 ? count : 0;
      },
      'by keys': () => {
        let count = 0;
        let sum = 0;
        for (const key of walkKeys({ fd, name: 'table', maxEntries: ENTRIES, keySize: 4 })) {
          const number = new DataView(key.buffer, key.byteOffset).getUint32(0, true);
          sum += number;
          if (table.get(number) !== undefined) count++;
        }
        return sum > 0 ? count : 0;
      },
    };
    const figures = Object.fromEntries(
      ['lookup', 'update', 'iterate', 'batches', 'by keys'].map((name) => [name, { own: [], reference: [] }]),
    );
    for (let round = -2; round < rounds; round++) {
      for (const name of ['lookup', 'update', 'iterate', 'by keys']) {
        const { nanoseconds, result } = time(works[name]);
        const answer = await reference.ask(name === 'by keys' ? 'iterate' : name, id, ENTRIES);
        if (result !== ENTRIES || answer.count !== ENTRIES)
          throw new Error(`${name}: ${result} and ${answer.count} of ${ENTRIES} entries`);
        if (round < 0) continue;
        figures[name].own.push(nanoseconds / ENTRIES);
        figures[name].reference.push(answer.nanoseconds / ENTRIES);
      }
      const batches = await reference.ask('batches', id);
      if (round >= 0) figures.batches.reference.push(batches.nanoseconds / ENTRIES);
    }
    const unit = 'ns/entry';
    const fields = await readShared(bench, reference, rounds);
    return [
      { name: 'lookup', ...figures.lookup, unit, goal: 1.15 },
      { name: 'update', ...figures.update, unit, goal: 1.15 },
      { name: 'iteration, C by keys', ...figures.iterate, unit, goal: 1.15 },
      { name: 'iteration, C by batches', own: figures.iterate.own, reference: figures.batches.reference, unit },
      { name: 'iteration by keys, C by keys', ...figures['by keys'], unit },
      {
        name: 'iteration, beside own by keys',
        own: figures.iterate.own,
        reference: figures['by keys'].own,
        unit,
        goal: 0.15,
      },
      ...fields,
    ];
  });
}

const READS = 1_000_000;

/** Fields of a `shared` object, beside reads of mapped memory in C. */
async function readShared(bench, reference, rounds) {
  const { counts, pushSmall } = await bench.module();
  const { testRun } = await import('../dist/runtime/test-run.js');
  testRun(pushSmall, { packet: Buffer.alloc(64), repeat: 3 });
  const works = {
    'shared, a field of 32 bits': () => {
      let sum = 0;
      for (let read = 0; read < READS; read++) sum += counts.last;
      return sum;
    },
    'shared, a field of 64 bits': () => {
      let sum = 0;
      for (let read = 0; read < READS; read++) if (counts.pushed === 3n) sum++;
      return sum;
    },
  };
  const rows = Object.keys(works).map((name) => ({ name, own: [], reference: [], unit: 'ns/read', most: 20 }));
  for (let round = -2; round < rounds; round++) {
    for (const { name, own, reference: other } of rows) {
      const { nanoseconds, result } = time(works[name]);
      if (result !== (name.includes('64') ? READS : 0)) throw new Error(`${name}: ${result} after ${READS} reads`);
      const answer = await reference.ask('globals', READS);
      if (round < 0) continue;
      own.push(nanoseconds / READS);
      other.push(answer.nanoseconds / READS);
    }
  }
  return rows;
}
