// `npm run bench -- maps`: single reads and writes, iterations and batches, beside C with libbpf.
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
    ];
  });
}
