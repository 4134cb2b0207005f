/**
 * What the kernel verifier's messages mean, and what to change in TypeScript.
 *
 * The wordings are those of `kernel/bpf/verifier.c` of Linux 5.10, 6.1, 6.12 and 6.18, which differ: a number was `inv`
 * before 5.18 and is `scalar` since, for example. `test/kernel/verifier-explained.spec.ts` has each said by a kernel.
 */

export interface VerifierExplanation {
  /** For tests and programs: words joined by hyphens. */
  readonly name: string;
  /** Found in what the log says after the last instruction, lines joined by `; `. */
  readonly pattern: RegExp;
  /** What the message says about the program. */
  readonly meaning: string;
  /** What to change. */
  readonly advice: string;
  /** True where the message is about the program as a whole, and the log's last instruction has nothing to do with it. */
  readonly wholeProgram?: true;
  /** True where a loop is the reason, which the error then names. */
  readonly loops?: true;
}

const makeExplanations = (): readonly VerifierExplanation[] => [
  {
    name: 'too-many-instructions',
    pattern: /BPF program is too large|[Pp]rocessed 1000001 insn/,
    meaning: 'The verifier followed the program for a million instructions and did not reach its end.',
    advice:
      'Give loops a smaller bound, leave them early with `break`, or use bpf.loop(n, (i) => …), whose body is followed once.',
    loops: true,
    wholeProgram: true,
  },
  {
    name: 'too-many-jumps',
    pattern: /The sequence of \d+ jumps is too complex/,
    meaning:
      'There are more ways through the program than the verifier keeps in mind: 8192 undecided branches in a row.',
    advice:
      'Give the loop with an `if` in it a smaller bound, or use bpf.loop(n, (i) => …), whose body is followed once; compute without a branch where it can be done.',
    loops: true,
    wholeProgram: true,
  },
  {
    name: 'endless-loop',
    pattern: /infinite loop detected/,
    meaning: 'The loop comes back to where it was with nothing changed, so that it would never end.',
    advice: 'Count its rounds towards a constant bound: `for (let i = 0; i < 64; i++)`.',
  },
  {
    name: 'loop-not-allowed',
    pattern: /back-edge from insn/,
    meaning: 'Loops are for processes with CAP_BPF, and for Linux 5.3 and later.',
    advice: 'Run as root, or loop over a constant array, which is unrolled.',
  },
  {
    name: 'stack-of-calls',
    pattern:
      /combined stack size|stack size of subprog \d+ is \d+\. Too large|stack size \d+\(extra \d+\) is too large/,
    meaning: 'The variables of a function and of those that called it take more than 512 bytes of stack together.',
    advice: 'Keep large values in a PerCpuArray of one entry, and pass on what get(0) gives.',
    wholeProgram: true,
  },
  {
    name: 'tail-call-under-calls',
    pattern: /tail_calls? (are|is)? ?not allowed|tail_call would lead to reference leak/,
    meaning:
      'A tail call cannot be made here: the calling functions hold more than 256 bytes of stack or something reserved, or this kernel allows no tail calls in programs with functions.',
    advice:
      'Make the tail call in the program function itself, and keep large variables out of the functions around it.',
    wholeProgram: true,
  },
  {
    name: 'frames',
    pattern: /the call stack of \d+ frames is too deep/,
    meaning: 'Functions call one another more than 8 deep.',
    advice: 'Call them one after the other from one function, and hand their results on.',
    wholeProgram: true,
  },
  {
    name: 'possibly-undefined',
    pattern: /_or_null\b|null-check it first/,
    meaning:
      'The value may be undefined here: a lookup finds nothing where the key is missing, and reserve() gives nothing where the buffer is full.',
    advice: 'Test it before its use: `if (value === undefined) return 0;`.',
  },
  {
    name: 'packet-to-helper',
    pattern: /helper access to the packet is not allowed/,
    meaning: 'This helper takes no pointer into the packet.',
    advice: 'Copy the bytes into a variable of your own first, and give it that.',
  },
  {
    name: 'packet-is-read-only',
    pattern: /cannot write into packet/,
    meaning: 'Programs of this type may not change the packet.',
    advice: 'Change packets in tc, tcAction or xdp programs.',
  },
  {
    name: 'packet-bounds',
    pattern: /invalid access to packet|offset is outside of the packet/,
    meaning: 'The packet may end before these bytes.',
    advice:
      'Test its length first (`if (ctx.packet.byteLength < 34) return …`), or take ctx.packet.at<Header>(offset), which is undefined where the packet is too short.',
  },
  {
    name: 'constant-memory',
    pattern: /write into map forbidden|read from map forbidden|cannot write into rdonly|BPF_F_RDONLY_PROG/,
    meaning:
      'The memory is a constant, or the map was made with a flag that keeps programs from writing or reading it.',
    advice: 'Make the map without BPF_F_RDONLY_PROG or BPF_F_WRONLY_PROG, or keep what changes in shared({…}).',
  },
  {
    name: 'stack-bounds',
    pattern:
      /invalid[a-z -]* stack R\d+ (off|var_off)=|variable-offset[a-z ]* stack R|(variable offset )?stack (pointer cannot|access prohibited|pointer arithmetic)|subtraction from stack pointer|variable offset stack/,
    meaning: 'The access lies outside the variable, or outside the 512 bytes of stack, or where it lies is not known.',
    advice:
      'Compare the index with the length of the array before its use: `if (i < list.length)`, or mask it with `&`.',
  },
  {
    name: 'unwritten-memory',
    pattern: /invalid (indirect )?read from stack/,
    meaning: 'Bytes of a variable are read, or given to a helper, that were never written on some path.',
    advice: 'Give every field a value where the variable is declared.',
  },
  {
    name: 'negative-index',
    pattern: /min value is negative|unbounded min value|invalid negative access/,
    meaning: 'The index or length may be negative: numbers are signed.',
    advice: 'Write `x >>> 0` or u32(x), test `x >= 0`, or mask it with a constant: `x & 63`.',
  },
  {
    name: 'no-upper-bound',
    pattern: /unbounded memory access|unbounded size|unbounded_memory|mixed signed bounds/,
    meaning: 'The verifier knows no upper bound for the index or length.',
    advice: 'Compare it with a constant just before its use (`if (x < 64)`), or mask it: `x & 63`.',
  },
  {
    name: 'value-bounds',
    pattern:
      /invalid access to (map value|map key|memory|mem)|makes \w+ pointer be out of bounds|max value is outside|min value is outside|offset is outside|invalid \w+ buffer access|goes out of range/,
    meaning: 'The access may lie outside the value of the map.',
    advice: 'Keep the index below the length of the array: compare it (`if (i < 16)`), or mask it (`i & 15`).',
  },
  {
    name: 'unset-register',
    pattern: /R\d+ !read_ok/,
    meaning: 'A value is used that not every path through the program sets.',
    advice: 'Give the variable a value where it is declared, and let every path of the function return one.',
  },
  {
    name: 'result-range',
    pattern:
      /(At program exit|In async callback|At subprogram exit|At callback return) the register R\d+|R\d+ is not a (known value|scalar value)/,
    meaning: 'The result is not one that this type of program, or the caller of this function, may be given.',
    advice: 'Return one of the constants that are made for the program type.',
  },
  {
    name: 'licence',
    pattern: /GPL.?(restricted|only|compatible)|proprietary program/i,
    meaning: 'The helper is for programs under a licence that is compatible with the GPL.',
    advice: 'Build with `--license GPL` if the program is under such a licence, or do without the helper.',
  },
  {
    name: 'member-not-in-kernel',
    pattern: /CO-RE relocation|unknown#195896080/,
    meaning: 'The running kernel has no such struct or member, or one of another kind.',
    advice: 'Test it with bpf.fieldExists(…) before it is read, or correct the interface that declares it.',
  },
  {
    name: 'helper-not-available',
    pattern:
      /unknown func|program of this type cannot use helper|invalid func|helper call is not allowed|func \S+ not supported for program type/,
    meaning: 'This kernel, or this type of program, does not have the helper.',
    advice:
      'The editor shows the first kernel that has it; `tsbpf doctor` says which kernel this is. Do that part in a program of another type, or in user space.',
  },
  {
    name: 'atomic-not-available',
    pattern: /BPF_(STX|XADD|ATOMIC) uses reserved fields/,
    meaning: 'Before Linux 5.12, the kernel has no atomic operation but an addition whose result is not used.',
    advice:
      "Build with `--target` and this kernel's version, which reads and writes instead; `tsbpf run` and `tsbpf/register` do so by themselves.",
  },
  {
    name: 'wrong-map',
    pattern: /cannot pass map_type \d+ into func/,
    meaning: 'The helper does not work on maps of this type.',
    advice: 'Use the methods of the map itself, or a map of the type that the helper is for.',
  },
  {
    name: 'context-access',
    pattern: /invalid bpf_context access|dereference of modified ctx|invalid ctx access|ctx ptr R\d+ off/,
    meaning: 'This field of the context cannot be read or written in this type of program, or not on this kernel.',
    advice: 'Leave the field out, or read it in a program of a type that has it.',
  },
  {
    name: 'not-released',
    pattern: /Unreleased reference|reference leak|reference has not been acquired/,
    meaning: 'What was reserved is neither submitted nor discarded on some path, or is released twice.',
    advice: 'Call submit() or discard() on every path after reserve(), those that return early included.',
  },
  {
    name: 'misaligned',
    pattern: /misaligned .*access/,
    meaning: 'The address is not a multiple of the size that is accessed.',
    advice: 'Order the fields by size, the widest first, or read the bytes one by one.',
  },
  {
    name: 'division-by-zero',
    pattern: /div(ision)? by zero/,
    meaning: 'The program divides by a constant 0.',
    advice: 'Correct the divisor, or test it before the division.',
  },
  {
    name: 'shift',
    pattern: /invalid shift/,
    meaning: 'A value is shifted by a constant that is not less than its width.',
    advice: 'Shift by 0 to 31, or on bigints by 0 to 63.',
  },
  {
    name: 'empty-length',
    pattern: /invalid zero-sized read/,
    meaning: 'The length that is given to the helper may be 0, which it does not take.',
    advice: 'Test it before the call: `if (length > 0)`.',
  },
  {
    name: 'pointer-arithmetic',
    pattern:
      /pointer (\S+ )?(pointer|arithmetic)|bitwise operator|tried to subtract pointer|math between \w+ pointer|pointer with unsupported|partial copy of pointer|sign-extension part of pointer|tried to \w+ (beyond pointer|from different)/,
    meaning: 'An address is computed with in a way that the verifier cannot follow.',
    advice:
      'Use objects by their fields and elements only; where two values are tested for undefined in one condition, test one after the other.',
  },
  {
    name: 'pointer-comparison',
    pattern: /pointer comparison prohibited/,
    meaning: 'Addresses are compared with numbers, which needs CAP_PERFMON.',
    advice: 'Run as root, or compare what the objects hold.',
  },
  {
    name: 'address-leak',
    pattern: /leaks addr|leaking pointer|corrupt spilled pointer/,
    meaning: 'An address of the kernel would get to user space, which needs CAP_PERFMON.',
    advice: 'Store the fields that are meant, not the object itself; or run as root.',
  },
  {
    name: 'number-as-address',
    pattern: /invalid mem access '(inv|scalar)[^']*'/,
    meaning: 'A number is used as an address.',
    advice:
      'Read memory of the kernel with bpf.probeReadKernel<T>(address), and memory of a process with bpf.probeReadUser<T>(address).',
  },
  {
    name: 'wrong-memory',
    pattern:
      /invalid mem access|same insn cannot be used with different pointers|cannot write into|stores into R\d+ .* is not allowed/,
    meaning: 'What is accessed here is not memory that this access may be made to.',
    advice: 'Copy the object into a variable of your own, and work on that.',
  },
  {
    name: 'wrong-argument',
    pattern: /R\d+ type=\S* expected=|R\d+ is of type \S+ but|arg#\d+ /,
    meaning: 'The argument is not what the helper takes.',
    advice: 'Give it what its type in the editor says: a map, an object, an address or a number.',
  },
  {
    name: 'unreachable',
    pattern: /unreachable insn|jump out of range|last insn is not an exit or jmp|jump into the middle/,
    meaning: 'The object has instructions that nothing leads to, or jumps that lead nowhere.',
    advice: 'Build it again with tsbpf or clang: what was written by other means, or cut, is refused.',
    wholeProgram: true,
  },
];

let explanations: readonly VerifierExplanation[] | undefined;

/**
 * The first that matches is meant: what is told more exactly stands before what is told in general.
 *
 * Made when first asked for: forty regular expressions would take a fiftieth of a tool's start.
 */
export function verifierExplanations(): readonly VerifierExplanation[] {
  return (explanations ??= makeExplanations());
}

/** @param message what the log says after the last instruction, lines joined by `; `. */
export function explainVerifier(message: string): VerifierExplanation | undefined {
  return verifierExplanations().find(({ pattern }) => pattern.test(message));
}
