/** `bpf`: the kernel's helper functions, for program functions; in user space there is nothing behind them. */
import { TsbpfError } from './errors.js';
import type { Bpf } from './kernel-structs.js';

export type { BpfHelpers, CallbackResult, Memory, Wide } from './helpers.generated.js';

function refuse(name: string): () => never {
  return () => {
    throw new TsbpfError(`bpf.${name}() runs in the kernel only.`, {
      code: 'TSBPF2005',
      subject: `bpf.${name}`,
      hint: 'Call it from a program function, and run the file with `tsbpf run` or `node --import tsbpf/register`.',
    });
  };
}

/**
 * The kernel's helper functions, by their names in linux/bpf.h in camel case: `bpf.ktimeGetNs()`, and what reads its structs.
 *
 * @throws TsbpfError from every member that is called in user space.
 */
export const bpf: Bpf = new Proxy({} as Bpf, {
  get: (_, name) => (typeof name === 'string' ? refuse(name) : undefined),
});
