import path from 'node:path';
import { ts } from '@ts-morph/bootstrap';
import { describe, expect, it } from 'vitest';
import { Evaluator } from '../../compiler/evaluate/index.js';
import { memoryHost } from '../../compiler/host.js';
import type { FunctionNode } from '../../compiler/model.js';
import { openProgram } from '../../compiler/open/index.js';
import { valueOf } from './harness.js';

const text = `
import { htons, ETH_P_IP, XDP, HashMap, u16 as narrow } from 'tsbpf';
import type { SkBuff, u32 } from 'tsbpf';
import os from 'node:os';
import { basename } from 'node:path';
import settings from './settings.json' with { type: 'json' };

const closes = new HashMap<u32, u32>({ maxEntries: 16 });
const PORTS = settings.ports.map((port: number) => htons(port));
const limit: u32 = Number(process.argv[2] ?? 10);
const started = new Date().getTime();
const table = Array.from({ length: 4 }, (_, index) => index ** 2);

function match(skb: SkBuff) {
  const protocol = htons(ETH_P_IP);
  return [protocol, PORTS, XDP.DROP, os.cpus().length > 0, basename('/a/b'), table, narrow(65537), limit, started, closes, skb.len];
}
`;

describe('a program that the compiler itself opened', () => {
  it('evaluates with unresolved modules and the small library', async () => {
    const host = memoryHost({ 'main.ts': text, 'settings.json': '{ "ports": [80, 443] }' }, '/tmp/tsbpf-opened');
    const { program, checker, entry } = openProgram(path.join('/tmp/tsbpf-opened', 'main.ts'), host);
    const match = entry!.statements.find(ts.isFunctionDeclaration)!;
    const evaluator = new Evaluator({
      program,
      checker,
      host,
      defines: {},
      isBpf: (symbol) => symbol.name === 'closes',
      functions: new Set<FunctionNode>([match]),
    });
    await evaluator.prepare([match]);
    const result = match.body!.statements.find(ts.isReturnStatement)!.expression as ts.ArrayLiteralExpression;
    const evaluations = result.elements.map((one) => evaluator.evaluate(one));
    expect(evaluations.slice(0, 7).map(valueOf)).toEqual([8, [0x5000, 0xbb01], 1, true, 'b', [0, 1, 4, 9], 1]);
    expect(evaluations[7]).toMatchObject({ kind: 'load', name: 'limit' });
    expect(evaluations[8]).toMatchObject({ kind: 'load', name: 'started' });
    expect(evaluations.slice(9).map(({ kind }) => kind)).toEqual(['notStatic', 'notStatic']);
  });
});
