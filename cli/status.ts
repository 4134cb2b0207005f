/** Exit statuses, and the error that carries one to the end of the process. */

export const exitStatus = {
  done: 0,
  inputWrong: 1,
  usageWrong: 2,
  machineCannot: 3,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** What is wrong with a call of the command line. The codes are TSBPF3001 to TSBPF3099, never given to another meaning. */
export class CommandError extends Error {
  constructor(
    readonly status: ExitStatus,
    readonly code: number,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export const fileMissing = (file: string, near: readonly string[]) =>
  new CommandError(
    exitStatus.inputWrong,
    3001,
    `cannot find ${file}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Paths are taken from the folder that you are in.',
  );

export const fileUnreadable = (file: string, reason: string) =>
  new CommandError(exitStatus.inputWrong, 3002, `cannot read ${file}: ${reason}`);

export const outputUnwritable = (file: string, reason: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3003,
    `cannot write ${file}: ${reason}`,
    'Name another place with `-o`, or `-o -` for standard output.',
  );

export const outputNotFolder = (output: string) =>
  new CommandError(
    exitStatus.usageWrong,
    3004,
    `with more than one FILE, -o names a folder, and ${output} is none`,
    `Make it with \`mkdir ${output}\`, or end its name with a slash.`,
  );

export const outputTwice = (output: string, first: string, second: string) =>
  new CommandError(
    exitStatus.usageWrong,
    3005,
    `${first} and ${second} would both be written to ${output}`,
    'Build them one at a time, each with its own `-o`.',
  );

export const outputIsInput = (file: string) =>
  new CommandError(exitStatus.usageWrong, 3006, `${file} is a source file, and would be overwritten`);

export const badOption = (option: string, value: string, expected: string) =>
  new CommandError(exitStatus.usageWrong, 3007, `${option} ${value}: expected ${expected}`);

export const optionsExclude = (first: string, second: string, reason: string) =>
  new CommandError(exitStatus.usageWrong, 3008, `${first} and ${second} exclude one another: ${reason}`);

export const nothingToBuild = (file: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3009,
    `${file} has no BPF program`,
    "Mark a function: `@socketFilter function f(skb: SkBuff) { … }`, with `import { socketFilter } from 'tsbpf'`.",
  );

export const notAnObject = (file: string, reason: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3010,
    `${file} is not an object that can be read: ${reason}`,
    'Build it again; a copy may have been cut short.',
  );

export const typesUnreadable = (reason: string, ofKernel: boolean) =>
  ofKernel
    ? new CommandError(exitStatus.machineCannot, 3040, `${reason}, so the types of this kernel are not known`)
    : new CommandError(exitStatus.inputWrong, 3041, reason);

export const structMissing = (names: readonly string[], btf: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3042,
    `${btf} has no struct or union ${names.join(', ')}`,
    'Names are those of the kernel, without `struct`: task_struct, sock, dentry.',
  );

export const badMapValue = (subject: string, text: string, expected: string) =>
  new CommandError(exitStatus.usageWrong, 3020, `${subject} ${text}: expected ${expected}`);

export const noSuchEntry = (map: string, key: string) =>
  new CommandError(exitStatus.inputWrong, 3021, `map ${map} has no entry with the key ${key}`);

export const notKeyed = (map: string, type: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3022,
    `map ${map} is of type ${type}, which has no keys`,
    'Entries of queues, stacks and rings are taken by a program: BpfMap.open(…) in TypeScript.',
  );

export const unknownCode = (code: string, near: readonly string[]) =>
  new CommandError(
    exitStatus.inputWrong,
    3011,
    `${code} is no code of tsbpf`,
    `Near it are ${near.join(', ')}; \`tsbpf explain\` lists all.`,
  );

export const badCode = (text: string) =>
  new CommandError(exitStatus.usageWrong, 3012, `${text}: expected a code`, 'Write TSBPF1305, or 1305 alone.');

export const unknownCommand = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3013, message, hint);

export const unknownOption = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3014, message, hint);

export const argumentsMissing = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3015, message, hint);

export const tooManyArguments = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3016, message, hint);

export const badChoice = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3017, message, hint);

export const conflictingOptions = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3018, message, hint);

export const usageWrong = (message: string, hint: string) =>
  new CommandError(exitStatus.usageWrong, 3019, message, hint);

export const programMissing = (file: string, name: string, near: readonly string[], all: readonly string[]) =>
  new CommandError(
    exitStatus.inputWrong,
    3080,
    `${file} has no program ${name}`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has: ${all.join(', ') || 'none'}.`,
  );

export const whereMissing = (program: string, section: string, what: string, example: string) =>
  new CommandError(
    exitStatus.usageWrong,
    3081,
    `program ${program} (section ${section}) does not say ${what} to attach to`,
    `Say it: --attach ${program}=${example}. Only programs that are named by --attach are attached.`,
  );

export const badWhere = (program: string, section: string, where: string, expected: string) =>
  new CommandError(
    exitStatus.usageWrong,
    3082,
    `--attach ${program}=${where}: expected ${expected}, for a program of section ${section}`,
  );

export const mapMissing = (
  file: string,
  option: string,
  name: string,
  near: readonly string[],
  all: readonly string[],
) =>
  new CommandError(
    exitStatus.inputWrong,
    3083,
    `${option} ${name}: ${file} has no such map that the attached programs use`,
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `They use: ${all.join(', ') || 'none'}.`,
  );

export const noHistogram = (map: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3084,
    `map ${map} cannot be drawn as a histogram`,
    'Its values have to be counters by bucket: integers whose key is the bucket (or has a member `slot`), or arrays of integers.',
  );

export const eventStructMissing = (map: string, struct: string, near: readonly string[], all: readonly string[]) =>
  new CommandError(
    exitStatus.inputWrong,
    3085,
    `--event ${map}=${struct}: the object has no struct ${struct}`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `It has: ${all.join(', ') || 'none'}. Structs that the program does not use by name are not in an object.`,
  );

export const constantsUnknown = (file: string, names: readonly string[]) =>
  new CommandError(
    exitStatus.inputWrong,
    3086,
    `programs of ${file} need ${names.join(', ')} from their user-space half, which load leaves out`,
    `Give each a value, as in --set ${names[0]}=VALUE; or run it with both halves: \`tsbpf run ${file}\`.`,
  );

export const constantMissing = (file: string, name: string, near: readonly string[], all: readonly string[]) =>
  new CommandError(
    exitStatus.usageWrong,
    3095,
    `--set: ${file} has no constant ${name}`,
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : `It has: ${all.join(', ') || 'none'}. What the compiler knew is in the code, and no constant any more.`,
  );

export const nothingToAttach = (file: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3087,
    `${file} has no program to attach`,
    'It holds maps or functions alone.',
  );

export const notAttachable = (program: string, section: string, how: string) =>
  new CommandError(exitStatus.usageWrong, 3088, `program ${program} (section ${section}) cannot be attached here`, how);

export const optionPair = (option: string, text: string, expected: string) =>
  new CommandError(exitStatus.usageWrong, 3089, `${option} ${text}: expected ${expected}`);

export const expressionInvalid = (expression: string, linkType: string, words: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3050,
    `libpcap refuses the expression '${expression}' for packets of link type '${linkType}': ${words}`,
    'The language is that of tcpdump; `man pcap-filter` describes it.',
  );

export const linkTypeUnknown = (name: string, known: readonly string[]) =>
  new CommandError(exitStatus.usageWrong, 3051, `there is no link type '${name}'`, `Give one of ${known.join(', ')}.`);

export const libpcapMissing = (message: string) =>
  new CommandError(
    exitStatus.machineCannot,
    3052,
    message,
    'apt-get install libpcap0.8; `tsbpf doctor` says what else is missing.',
  );

export const expressionNotPrintable = (emit: string, what: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3054,
    `--emit ${emit}: the expression asks for ${what}, which the bytes of the packet do not tell`,
    'Leave that term out, or ask for `--emit ll` or `--emit asm`, of a program that has a context.',
  );

export const filterNotBuilt = (said: string) =>
  new CommandError(
    exitStatus.machineCannot,
    3055,
    `the filter cannot be built\n${said}`,
    '`tsbpf doctor` says what is missing.',
  );
