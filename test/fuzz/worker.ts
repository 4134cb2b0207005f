import { comparePrograms } from './compare.js';
import { generate } from './generate/program.js';
import { sourceOf } from './module-text.js';
const [seed, from, count, show] = process.argv.slice(2).map(Number);
const programs = Array.from({ length: count! }, (_, i) => generate(seed!, from! + i));
if (show) { for (const p of programs) console.log(sourceOf(p)); }
const levels = [{cpu:'v3',optimize:true},{cpu:'v3',optimize:false},{cpu:'v1',optimize:true},{cpu:'v1',optimize:false},{cpu:'v4',optimize:true},{cpu:'v4',optimize:false}] as const;
const t = performance.now();
const r = await comparePrograms(programs, levels);
console.log('ms', performance.now() - t, 'compared', r.compared, 'rows', r.rows, r.refused);
for (const d of r.differences) console.log('---', d.program.index, d.level, d.kind, '\n', d.text.slice(0, 600));
