/** Diagnostics about what the language has not, and what to write instead: 1300 to 1599. */
import { error } from './diagnostic.js';

export const unsupportedSyntax = error(1300, (what: string) => ({
  message: `${what} cannot be compiled for the kernel.`,
  hint: 'Move it to user-space code, or write it with if, switch, for, functions and maps.',
}));

export const notAScalar = error(1301, () => ({
  message: 'A number, bigint or boolean is needed here.',
  hint: 'Use a field of the object, or compare byte arrays with equal(a, b).',
}));

export const stringAtRunTime = error(1302, () => ({
  message: 'Strings cannot be built or changed in the kernel.',
  hint: 'Strings are constants or CharArray<N>; compare them with ===, or print them with console.log.',
}));

export const fractionHasNoInteger = error(1303, (value: number | string) => ({
  message: `${value} has a fraction or no end; the kernel computes with integers.`,
  hint: 'Use an integer, Math.trunc(x), or the type `fixed`.',
}));

export const constantDoesNotFit = error(1304, (value: string, type: string) => ({
  message: /^value/.test(value)
    ? `This constant does not fit into ${type}: ${value}.`
    : `${value} does not fit into ${type}.`,
  hint: `Use a wider type, or convert it: ${/^\w+$/.test(type) ? type : 'u32'}(${value.length < 24 ? value : 'x'}).`,
}));

export const divisionNeedsRounding = error(1305, () => ({
  message: 'This division may have a fraction, which the kernel cannot hold.',
  hint: 'Write Math.trunc(a / b), Math.floor(a / b), u32(a / b) or a / b | 0, use bigint, or use the type `fixed`.',
}));

export const numberAndBigint = error(1306, () => ({
  message: 'A number and a bigint cannot be mixed.',
  hint: 'Convert one of them: Number(x) or BigInt(x).',
}));

export const mixedBigints = error(1307, (left: string, right: string) => ({
  message: `${left} and ${right} cannot be mixed in one operation.`,
  hint: 'Convert one of them: u64(x) or i64(x).',
}));

export const operatorUnsupported = error(1308, (operator: string) => ({
  message: `The operator ${operator} has no meaning in the kernel.`,
  hint: 'Write it with + - * / % & | ^ ~ << >>, comparisons, && and ||.',
}));

export const fixedOperator = error(1309, (operator: string) => ({
  message: `The operator ${operator} does not work on fixed-point values.`,
  hint: 'Take the integer first: Math.trunc(x).',
}));

/** @param reason why the exponent is not known at build, where it is not. */
export const exponentNotConstant = error(1310, (reason?: string) => ({
  message: `An exponent has to be a constant from 0 to 64${reason ? `: ${reason}` : ''}.`,
  hint: 'Write the multiplication, or a shift for powers of two.',
}));

export const noSuchField = error(1311, (field: string, type: string) => ({
  message: `'${type}' has no field '${field}'.`,
  hint: 'Correct the name, or declare the field in the interface.',
}));

export const structsDiffer = error(1312, (from: string, to: string) => ({
  message: `${from} cannot be stored as ${to}.`,
  hint: 'Give both the same type, or assign the fields one by one.',
}));

export const textTooLong = error(1313, (length: number) => ({
  message: `A text of ${length} bytes is too long to be copied in the kernel.`,
  hint: 'Use a CharArray of at most 4096 bytes.',
}));

export const comparisonNeverEqual = error(1314, () => ({
  message: 'This comparison is always false: bitwise operators give a signed 32-bit number.',
  hint: 'Add `>>> 0` to make the left side unsigned: ((a & b) >>> 0) === c.',
}));

export const wrappingComparison = error(1315, (type: string) => ({
  message: `This comparison is constant: a ${type} is never negative, since subtraction wraps.`,
  hint: 'Compare the two values themselves (a < b), or convert them with i64(x) first.',
}));

export const nameNotKnown = error(1316, (name: string, reason: string) => ({
  message: `'${name}' is not known here: ${reason}.`,
  hint: 'Make it a constant, keep it in a map, or share it with shared({…}).',
}));

export const notCallable = error(1317, (name: string) => ({
  message: `'${name}' cannot be called in the kernel.`,
  hint: 'Call functions of this project, methods of maps, bpf.* helpers and the functions of tsbpf.',
}));

export const unknownMember = error(1318, (member: string, of: string) => ({
  message: `'${member}' of ${of} is not available in the kernel.`,
  hint: 'Correct the name; what only user space knows comes to the kernel by a constant, a map, or shared({…}).',
}));

export const objectComparison = error(1319, () => ({
  message: 'Objects are compared by identity, which values in the kernel have not.',
  hint: 'Compare byte arrays with equal(a, b), and structs field by field.',
}));

export const helperUnknown = error(1320, (name: string, near: string) => ({
  message: `The kernel has no helper 'bpf.${name}'.`,
  hint: near ? `Did you mean bpf.${near}?` : '`bpf.` lists them all in the editor.',
}));

export const helperUnsupported = error(1321, (name: string, reason: string) => ({
  message: `bpf.${name} cannot be called like this: ${reason}.`,
  hint: `The editor shows what bpf.${name} takes, and which kernel has it.`,
}));

export const argumentMissing = error(1322, (callee: string, count: number) => ({
  message: `${callee} needs ${count} argument${count === 1 ? '' : 's'}.`,
  hint: 'Add what is missing; the editor shows what each argument is.',
}));

export const notWritable = error(1323, (what: string) => ({
  message: `${what} cannot be written here.`,
  hint: 'Copy the value into a variable of your own first.',
}));

export const indexOutOfRange = error(1324, (index: string, length: number) => ({
  message: `The index ${index} is outside the array's ${length} elements.`,
  hint: length > 0 ? `Use an index from 0 to ${length - 1}, or make the array longer.` : 'Make the array longer.',
}));

export const typeHasNoLayout = error(1325, (type: string, reason: string) => ({
  message: `The kernel cannot hold a value of type '${type}': ${reason}.`,
  hint: 'Use integers, interfaces of them, FixedArray<T, N>, Bytes<N> or CharArray<N>.',
}));

export const tooManyPrintArguments = error(1326, (count: number) => ({
  message: `console.log prints at most 12 values in the kernel; these are ${count}.`,
  hint: 'Print the others with a console.log of their own, or send them through a RingBuffer.',
}));

export const printFormat = error(1327, (reason: string) => ({
  message: `This cannot be printed from the kernel: ${reason}.`,
  hint: 'Use a template literal of numbers, bigints and CharArrays: console.log(`pid ${pid}`).',
}));

export const packetNotAvailable = error(1328, (kind: string) => ({
  message: `Programs of type '${kind}' have no packet.`,
  hint: 'socketFilter, tc, tcAction and xdp programs have one.',
}));

export const packetReadOnly = error(1329, (kind: string) => ({
  message: `Programs of type '${kind}' cannot change the packet.`,
  hint: 'tc, tcAction and xdp programs can.',
}));

export const constantNeeded = error(1330, (what: string, reason: string) => ({
  message: `${what} has to be known at build: ${reason}.`,
  hint: 'Write it there, or as a const that is computed from literals and imports.',
}));

export const mapMethodUnsupported = error(1331, (method: string, kind: string) => ({
  message: `'${method}' does not work for ${kind} in the kernel.`,
  hint: 'Keyed maps have get, set, has, delete and getOrInsert there; what is submitted has to come from reserve().',
}));

export const mapIndexNeedsIntegers = error(1332, (map: string) => ({
  message: `'${map}[key]' works for maps of integers with number keys.`,
  hint: `Use ${map}.get(key), ${map}.set(key, value) or ${map}.increment(key, by).`,
}));

export const closureEscapes = error(1333, () => ({
  message: 'A function cannot be stored or returned in the kernel.',
  hint: 'Call it directly, or give it to a function that calls it.',
}));

export const probeArgument = error(1335, (name: string, reason: string) => ({
  message: `The parameter '${name}' cannot be filled in: ${reason}.`,
  hint: 'Remove or change it; probes have the context, then the arguments of the function, or its returned value.',
}));

export const targetInvalid = error(1336, (what: string, expected: string) => ({
  message: `${what} is not what this program type attaches to.`,
  hint: `Write ${expected}.`,
}));

export const tracepointUnknown = error(1337, (event: string, near: string) => ({
  message: `The tracepoint '${event}' is not known.`,
  hint: near
    ? `Did you mean '${near}'?`
    : 'Build as root with tracefs mounted, or give the fields as an interface: (ctx: MyEvent) => ….',
}));

export const bareReturnOfObject = error(1338, () => ({
  message: 'A program function returns a number.',
  hint: 'Return a number, bigint or boolean; an object goes to user space through a map or a RingBuffer.',
}));

export const kernelMemberUnknown = error(1340, (member: string, of: string) => ({
  message: `${of} is declared without a member '${member}'.`,
  hint: 'Add the member to the interface, with the name that the kernel has for it.',
}));

export const kernelMemberNeeded = error(1341, (callee: string) => ({
  message: `bpf.${callee} asks about a member of a kernel struct, which this is not.`,
  hint: `Write the way to the member: bpf.${callee}(task.real_parent).`,
}));

export const kernelStructNeeded = error(1342, (callee: string) => ({
  message: `bpf.${callee} has to know the kernel struct that is meant.`,
  hint: `Name an interface that extends KernelStruct: bpf.${callee}<task_struct>(…).`,
}));

export const optionInvalid = error(1339, (option: string, expected: string) => ({
  message: `The option '${option}' has to be ${expected}.`,
  hint: `Correct it, or leave '${option}' out to have its default.`,
}));

export const partOverwritten = error(1360, (name: string, part: string) => ({
  message: `'${name}' names ${part}, which another value may have been assigned to before this.`,
  hint: `Structs, arrays and texts are stored by value: take what you need of it before, or copy it: an object as { ...object }, an array as [...array], a text as { text }.`,
}));

/** @param reason which name is not known at build, and why. */
export const functionNotKnown = error(1451, (reason?: string) => ({
  message: `Which function this is has to be known at build${reason ? `: ${reason}` : ''}.`,
  hint: 'Choose between calls: `condition ? first(x) : second(x)`, or `switch (index) { case 0: return first(x); … }`.',
}));

/** @param reason which name is not known at build, and why. */
export const memberNotKnown = error(1452, (reason?: string) => ({
  message: `The name of a member has to be known at build${reason ? `: ${reason}` : ''}.`,
  hint: 'Choose between members with if or switch, or keep the values in an array, which takes an index of run time, or in a map.',
}));

export const nullOrUndefined = error(1361, () => ({
  message: 'null and undefined cannot be told apart in the kernel.',
  hint: 'Use one of them in the type, or compare with `== undefined`, which both are.',
}));
