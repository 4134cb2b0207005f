/**
 * From what a user hands to `attach` and the filter classes to the program that the compiler made of it.
 */
import { TsbpfError } from '../errors.js';
import { Program } from '../program.js';

/** In the source a function; in a compiled module the handle that stands in its place. */
export type ProgramReference = Program | ((...parameters: any[]) => unknown);

/**
 * The program behind a reference.
 *
 * @param what the function or class that was called, for the message.
 * @throws TsbpfError if it is still a function: the module was run without the compiler.
 */
export function requireProgram(reference: ProgramReference, what: string): Program {
  if (reference instanceof Program) return reference;
  const named = typeof reference === 'function' && reference.name ? ` '${reference.name}'` : '';
  throw new TsbpfError(`${what} was given a function${named} that was not compiled.`, {
    code: 'TSBPF2101',
    operation: 'attach',
    hint: 'Run the file with `tsbpf run FILE` or `node --import tsbpf/register FILE`, which compile its programs.',
  });
}
