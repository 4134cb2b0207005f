/** Loops that are left in an object: kernels before 5.3 refuse a jump back to what leads to it. */
import { Bytes } from '../object/bytes.js';
import { isJump, jumpDistance, opcodes, readInstruction } from '../object/instruction.js';
import { LineTable, type SourceLine } from '../object/line-table.js';
import type { ObjectProgram, ObjectSpec } from '../object/object-spec.js';

/** Where the loops of the object's functions are, as its line information says. */
export function remainingLoops(spec: ObjectSpec): readonly (SourceLine | undefined)[] {
  const lines = new LineTable(spec);
  return [...spec.programs, ...spec.functions].flatMap((code) =>
    loopHeads(code).map((index) => lines.lineOf(code, index)),
  );
}

/** The instructions that a jump goes back to while what follows them is on its way: as the kernel looks for them. */
function loopHeads({ instructions, count }: ObjectProgram): readonly number[] {
  const code = new Bytes(instructions, 'instructions');
  const state = new Uint8Array(count);
  const [onPath, done] = [1, 2];
  const heads = new Set<number>();
  const path: { index: number; next: number[] }[] = [];
  const enter = (index: number): void => {
    if (index < 0 || index >= count || state[index] === done) return;
    if (state[index] === onPath) {
      heads.add(index);
      return;
    }
    state[index] = onPath;
    path.push({ index, next: successors(code, index) });
  };
  enter(0);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const next = top.next.pop();
    if (next !== undefined) enter(next);
    else state[path.pop()!.index] = done;
  }
  return [...heads];
}

function successors(code: Bytes, index: number): number[] {
  const instruction = readInstruction(code, index);
  const { opcode } = instruction;
  if (opcode === opcodes.exit) return [];
  if (opcode === opcodes.loadImmediate64) return [index + 2];
  if (!isJump(instruction)) return [index + 1];
  const target = index + 1 + jumpDistance(instruction);
  return opcode === opcodes.jumpAlways || opcode === opcodes.jumpAlwaysLong ? [target] : [index + 1, target];
}
