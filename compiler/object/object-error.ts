import { TsbpfError } from '../tsbpf-error.js';

/** What the readers of objects and of BTF throw: the bytes are not what they claim to be. Its code is TSBPF2028. */
export class ObjectError extends TsbpfError {
  /** @param reason a sentence or less, for people. */
  constructor(reason: string) {
    super(reason, { code: 'TSBPF2028', operation: 'read object' });
  }
}

/** @throws ObjectError always, with a reason for people. */
export function refuse(reason: string): never {
  throw new ObjectError(reason);
}
