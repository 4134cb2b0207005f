import { comparePrograms } from './compare.js';
import { generate } from './generate/program.js';
import { sourceOf } from './module-text.js';
import { reduce } from './reduce.js';
const [seed, from, count, batch, show] = process.argv.slice(2).map(Number);
const levels = [{cpu:'v3',optimize:true},{cpu:'v3',optimize:false},{cpu:'v1',optimize:true},{cpu:'v1',optimize:false},{cpu:'v4',optimize:true},{cpu:'v4',optimize:false}] as const;
const kinds = new Map<string, number>();
for (let at = from!; at < from! + count!; at += batch!) {
const programs = Array.from({ length: batch! }, (_, i) => generate(seed!, at + i));
if (show) { for (const p of programs) console.log(sourceOf(p)); }
const t = performance.now(); const cpu = process.cpuUsage();
const r = await comparePrograms(programs, levels);
const used = process.cpuUsage(cpu);
console.log('ms', performance.now() - t, 'cpu', (used.user + used.system) / 1e3, 'compared', r.compared, 'rows', r.rows, r.refused);
for (const d of r.differences) {
  const n = (kinds.get(d.kind) ?? 0) + 1; kinds.set(d.kind, n);
  console.log('---', d.program.index, JSON.stringify(d.level), d.kind, '\n', d.text.slice(-600));
  if (n > 3) continue;
  const m = await reduce(d, 60_000);
  console.log(sourceOf(m.program).replace(/\nexport const program[^]*/, ''), '\n', m.text.slice(-700));
}
}
