/** What the readers of objects throw: the file is not what it claims to be. */
export class ObjectError extends Error {
  override readonly name = 'ObjectError';
}

/** @throws ObjectError always, with a reason for people. */
export function refuse(reason: string): never {
  throw new ObjectError(reason);
}
