/** Which bytes of a struct belong to which field of an interface. */
import { expect, it } from 'vitest';
import { ts } from '../../compiler/typescript.js';
import { TypeConverter } from '../../compiler/types/convert.js';

const flavours = `
interface Array<T> { length: number; [index: number]: T }
type u8 = number & { readonly __u8?: never }; type u16 = number & { readonly __u16?: never }; type u32 = number & { readonly __u32?: never };
`;

/** The offsets of the fields of `interface Subject`, in their order. */
function offsets(declarations: string): Record<string, number> {
  const text = `${flavours}${declarations}\ndeclare const subject: Subject;`;
  const file = ts.createSourceFile('/subject.ts', text, ts.ScriptTarget.ES2022, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
  };
  const checker = ts.createProgram([file.fileName], { noLib: true, types: [] }, host).getTypeChecker();
  const statement = file.statements.at(-1) as ts.VariableStatement;
  const struct = new TypeConverter(checker).convert(
    checker.getTypeAtLocation(statement.declarationList.declarations[0]!),
  );
  if (struct.kind !== 'struct') throw new Error(`a ${struct.kind}`);
  return Object.fromEntries(struct.fields.map(({ name, offset }) => [name, offset]));
}

it('fields lie in declared order, naturally aligned', () => {
  expect(offsets('interface Subject { a: u8; b: u32; c: u16 }')).toEqual({ a: 0, b: 4, c: 8 });
});

it('what an interface extends comes first, as a C struct begins with its base', () => {
  const bases = 'interface Base { a: u16; b: u16 } interface Middle extends Base { c: u32 }';
  expect(offsets(`${bases} interface Subject extends Middle { d: u8; e: u32 }`)).toEqual({
    a: 0,
    b: 2,
    c: 4,
    d: 8,
    e: 12,
  });
});

it('a field that is declared again keeps its place', () => {
  expect(offsets('interface Base { a: u16; b: number } interface Subject extends Base { c: u8; b: u8 }')).toEqual({
    a: 0,
    b: 2,
    c: 3,
  });
});

it('generic bases are as long as their arguments', () => {
  expect(offsets('interface Base<T> { a: T; b: T } interface Subject extends Base<u16> { c: u16 }')).toEqual({
    a: 0,
    b: 2,
    c: 4,
  });
});
