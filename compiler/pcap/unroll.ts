/**
 * Loops of classic code, taken apart: libpcap writes `protochain` as one over the headers of a packet. Each round becomes
 * code of its own, so that all jumps lead forward, and the verifier sees that the filter ends.
 */
import type { Instruction } from './cbpf.js';

/**
 * Rounds that a loop may take. `protochain` takes one for each header that it walks over, and one more; RFC 8200, section
 * 4.1, has eight extension headers in a packet at most, the destination options twice.
 */
export const MOST_ROUNDS = 13;

/** Instructions from the first that is jumped back to, up to the last that jumps back. */
interface Loop {
  readonly start: number;
  readonly end: number;
}

/**
 * The same instructions without jumps back. What would go into one round more than `MOST_ROUNDS` rejects the packet.
 *
 * @param instructions of which branches lead forward, and jumps anywhere among them.
 */
export function unroll(instructions: readonly Instruction[]): readonly Instruction[] {
  const loops = findLoops(instructions);
  if (loops.length === 0) return instructions;
  const loopAt = (at: number) => loops.find(({ start, end }) => start <= at && at <= end);
  /** Where instructions come to stand in the first round, and behind them all the rejection. */
  const places: number[] = [];
  let place = 0;
  instructions.forEach((_, at) => {
    places.push(place++);
    const loop = loopAt(at);
    if (loop?.end === at) place += (loop.end - loop.start + 1) * (MOST_ROUNDS - 1);
  });
  const rejection = place;
  const unrolled: Instruction[] = [];
  for (let at = 0; at < instructions.length;) {
    const loop = loopAt(at);
    const end = loop?.end ?? at;
    for (let round = 0; round < (loop ? MOST_ROUNDS : 1); round++) {
      for (let inside = at; inside <= end; inside++) {
        const placeOf = (target: number): number => {
          if (!loop || target < loop.start || target > loop.end) return places[target]!;
          const next = target <= inside ? round + 1 : round;
          return next < MOST_ROUNDS ? places[target]! + next * (loop.end - loop.start + 1) : rejection;
        };
        unrolled.push(redirected(instructions[inside]!, placeOf));
      }
    }
    at = end + 1;
  }
  return [...unrolled, { op: 'return', value: 0 }];
}

/** Those that share instructions are one. */
function findLoops(instructions: readonly Instruction[]): readonly Loop[] {
  const loops: Loop[] = [];
  instructions.forEach((instruction, at) => {
    if (instruction.op !== 'jump' || instruction.target > at) return;
    let start = instruction.target;
    while (loops.length > 0 && loops.at(-1)!.end >= start) start = Math.min(start, loops.pop()!.start);
    loops.push({ start, end: at });
  });
  return loops;
}

/** An instruction whose targets are elsewhere. */
export function redirected(instruction: Instruction, placeOf: (target: number) => number): Instruction {
  if (instruction.op === 'jump') return { ...instruction, target: placeOf(instruction.target) };
  if (instruction.op !== 'branch') return instruction;
  return {
    ...instruction,
    whenTrue: placeOf(instruction.whenTrue),
    whenFalse: placeOf(instruction.whenFalse),
  };
}
