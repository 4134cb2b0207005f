/** Diagnostics about programs, maps and shared data: 1100 to 1199. */
import { error } from './diagnostic.js';

const list = (names: readonly string[]) => names.map((name) => `'${name}'`).join(' or ');

export const unknownProgramType = error(1100, (name: string, near: readonly string[]) => ({
  message: `'${name}' is no program type of tsbpf.`,
  hint: near.length
    ? `Did you mean '@${near.join("' or '@")}'? Import it from 'tsbpf'.`
    : "Program types are socketFilter, kprobe, kretprobe, uprobe, uretprobe, tracepoint, rawTracepoint, tc, tcAction and xdp, imported from 'tsbpf'.",
}));

export const misplacedDecorator = error(1101, (name: string, found: string) => ({
  message: `'@${name}' stands on ${found}, which can be no program.`,
  hint: `Put it on a function declaration or a static method, or write the call: const program = ${name}(…, function).`,
}));

export const methodNotStatic = error(1102, (name: string, method: string) => ({
  message: `'@${name}' stands on the method '${method}', which is not static; a program has no 'this'.`,
  hint: `Write 'static ${method}(…)', or make it a function declaration.`,
}));

export const wrongArgumentCount = error(1103, (name: string, usage: string, found: number) => ({
  message: `'${name}' was given ${found === 1 ? '1 argument' : `${found} arguments`}.`,
  hint: `Write ${usage}.`,
}));

export const functionNotConstant = error(1104, (name: string) => ({
  message: `The function given to '${name}' is not known at build.`,
  hint: 'Write the function there, or give the name of a function declaration or of a const that holds a function.',
}));

export const programWithoutBody = error(1105, (name: string) => ({
  message: `Program function '${name}' has no body to compile.`,
  hint: 'Write the body; a declared function exists only in user space.',
}));

export const programGenerator = error(1106, (name: string, kind: string) => ({
  message: `Program function '${name}' is ${kind}; the kernel runs a program in one go.`,
  hint: "Write a plain function: without 'async' and without '*'.",
}));

export const twoProgramsOnFunction = error(1107, (name: string) => ({
  message: `Function '${name}' is two programs at once.`,
  hint: 'Keep one here, and call a common function from a program of its own for the other.',
}));

export const programNameTaken = error(1108, (name: string) => ({
  message: `Two programs have the option name: '${name}'.`,
  hint: 'Give one of them another name.',
}));

export const programNameInvalid = error(1109, (name: string) => ({
  message: `'${name}' cannot name a program: the kernel allows letters, digits and '_', and no digit first.`,
  hint: `Write name: '${name.replace(/\W/g, '_').replace(/^(?=\d|$)/, '_')}'.`,
}));

export const mapNotConstant = error(1110, (kind: string, declared: string) => ({
  message: `This ${kind} is held by '${declared}', which user space could change.`,
  hint: `Declare it with const: const ${declared} = new ${kind}(…).`,
}));

export const mapWithoutName = error(1111, (kind: string) => ({
  message: `This ${kind} has no constant of its own, so the kernel knows no name for it.`,
  hint: `Declare it at the top level of the module: const entries = new ${kind}(…), and use that name here.`,
}));

export const mapNotTopLevel = error(1112, (kind: string, name: string) => ({
  message: `${kind} '${name}' is made inside a function; maps and shared data exist once for a module.`,
  hint: `Move 'const ${name}' to the top level of the module, or to a static property of a class.`,
}));

export const mapInsideProgram = error(1113, (kind: string) => ({
  message: `A ${kind} cannot be made inside a program function: the kernel makes maps before the program runs.`,
  hint: 'Move it to the top level of the module as a const; the function may use it from there.',
}));

export const mapTypesMissing = error(1114, (kind: string, usage: string) => ({
  message: `The types in this ${kind} are not known.`,
  hint: `Say them: new ${kind}<${usage}>(…).`,
}));

export const sharedTypeMissing = error(1115, () => ({
  message: 'The type of this shared data is not known.',
  hint: 'Say it: shared<{ packets: u64 }>({ packets: 0n }).',
}));

export const sharedNotObject = error(1116, (type: string) => ({
  message: `Shared data is an object of fields, but this is '${type}'.`,
  hint: 'Wrap it in an object: shared<{ value: u64 }>({ value: 0n }).',
}));

export const programInsideProgram = error(1117, (kind: string) => ({
  message: `'${kind}' stands inside a program function; a program cannot make another one.`,
  hint: 'Move it out of the function, to user-space code.',
}));

export const exportNotFound = error(1118, (name: string, near: readonly string[]) => ({
  message: `'tsbpf' exports no '${name}'.`,
  hint: near.length ? `Did you mean ${list(near)}?` : "Check the name; the editor lists what 'tsbpf' exports.",
}));

export const functionDoesNotFit = error(1119, (name: string, found: string, expected: string) => ({
  message: `The function does not fit '${name}': it is '${found}'.`,
  hint: `'${name}' calls it as '${expected}'.`,
}));

export const spreadArgument = error(1120, (name: string) => ({
  message: `The arguments of '${name}' cannot be spread from an array.`,
  hint: `Write each argument of '${name}' there.`,
}));

export const tooManyParameters = error(1121, (name: string) => ({
  message: `'${name}' calls its function with one argument, the context.`,
  hint: 'Drop this parameter; what the program needs from outside it takes from constants, maps and shared data.',
}));

export const programNameReserved = error(1122, (name: string) => ({
  message: `'${name}' cannot name a program: it is the name of a section of the object.`,
  hint: `Take another name: '${name}_program' for instance.`,
}));

export const optionUnknown = error(
  1124,
  (kind: string, option: string, near: readonly string[], known: readonly string[]) => ({
    message: `'${kind}' has no option '${option}'.`,
    hint: near.length ? `Did you mean ${list(near)}?` : `Options are ${known.join(', ')}.`,
  }),
);

export const optionsNotObject = error(1125, (kind: string, type: string) => ({
  message: `The options of '${kind}' are an object, and this is '${type}'.`,
  hint: 'Write them as { defaultResult: 1 }, after the function.',
}));

export const programTypeNotImported = error(1123, (name: string) => ({
  message: `'@${name}' is not imported.`,
  hint: `Add: import { ${name} } from 'tsbpf'.`,
}));
