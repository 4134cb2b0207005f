/** What `tsbpf filter --emit c` and `--emit ts` write says of packets what libpcap says. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { formatDiagnostics } from '../../compiler/diagnostics/index.js';
import { memoryHost } from '../../compiler/host.js';
import { compile } from '../../compiler/index.js';
import { decode } from '../../compiler/pcap/cbpf.js';
import { printC } from '../../compiler/pcap/print-c.js';
import { printTypeScript } from '../../compiler/pcap/print-typescript.js';
import { compileExpression, offlineFilter } from '../../runtime/native/libpcap.js';
import { compileC } from '../../runtime/compile-c.js';
import { batchOf } from '../support/batch-run.js';
import { describeKernel } from '../support/kernel.js';
import { makePackets } from '../support/packet-maker.js';
import { ethernetExpressions } from '../support/pcap-expressions.mjs';
import { TestObject } from '../support/test-run.js';

const root = path.resolve(import.meta.dirname, '../..');
const inGuest = process.env['TSBPF_VM'] !== undefined;
/** Those with all kinds of instructions, and every tenth of the others. */
const chosen = ethernetExpressions.filter((text, index) => /[/%*^|]|<<|>>|len|\[/.test(text) || index % 10 === 0);
const expressions = inGuest ? chosen.slice(0, 12) : chosen;
const packets = makePackets(inGuest ? 40 : 300, 3, { least: 14 });

function disagreement(expression: string, results: Uint32Array, accepted: number): readonly string[] {
  const reference = offlineFilter(compileExpression(expression, 1).code!);
  const wrong = packets.filter((packet, index) => reference.matches(packet) !== (results[index] === accepted));
  reference.free();
  return wrong.slice(0, 2).map((packet) => `'${expression}': ${Buffer.from(packet).toString('hex')}`);
}

describeKernel('what tsbpf filter writes', {}, () => {
  it('in TypeScript', async () => {
    using batch = batchOf(packets);
    for (const expression of expressions) {
      const file = path.join(root, 'test/kernel/compiled/printed.ts');
      const text = printTypeScript(decode(compileExpression(expression, 1).code!), expression);
      const compilation = await compile(file, {}, memoryHost({ [file]: text }, root));
      const object = compilation.object();
      const said = formatDiagnostics(compilation.diagnostics, { directory: root, color: false });
      expect(said).toBe('');
      using loaded = new TestObject(object!);
      expect(disagreement(expression, batch.run(loaded.program('filter').fd), 2)).toEqual([]);
    }
  }, 600_000);

  it('in C', () => {
    using batch = batchOf(packets);
    const functions = expressions.map((expression, index) => {
      const text = printC(decode(compileExpression(expression, 1).code!), expression);
      // Macros and includes may stand there again; each function gets a name of its own.
      const own = text.replace('_Bool matches(', `_Bool matches_${index}(`);
      return `${own}
__attribute__((section("xdp"), used)) int filter_${index}(struct context *ctx) {
  const unsigned char *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  return matches_${index}(data, end, end - data) ? 2 : 1;
}`;
    });
    const context = 'struct context { unsigned data, data_end; };';
    const license = '__attribute__((section("license"), used)) char _license[] = "GPL";';
    using object = compileC([context, ...functions, license].join('\n'));
    for (const [index, expression] of expressions.entries()) {
      const { fd } = object.programs[`filter_${index}`]!;
      expect(disagreement(expression, batch.run(fd), 2)).toEqual([]);
    }
  }, 600_000);
});
