/**
 * Keeps slices from calls into V8 that its clock does not end: what goes through an array, a text or a buffer natively
 * looks at no clock, so that one of 2^32 elements takes minutes. Nothing that a program is computed from is so large.
 */
import { isTypedArray } from 'node:util/types';
import vm from 'node:vm';

/** The name under which slices find what counts the elements that they spread. */
export const countedName = '$counted';

/** Elements of an array, characters of a text: V8 goes through these in less than a second. */
const mostElements = 2 ** 24;
/** Bytes of a buffer. */
const mostBytes = 2 ** 28;

/** Called often, and no longer for a long text or array than for a short one. */
const constantTime = new Set(
  'constructor at push pop keys values entries charAt charCodeAt codePointAt toString valueOf toLocaleString length'.split(
    ' ',
  ),
);
const buffers =
  'ArrayBuffer SharedArrayBuffer Uint8Array Int8Array Uint8ClampedArray Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array BigInt64Array BigUint64Array';

type Callable = (...given: unknown[]) => unknown;
type Class = abstract new (...given: never[]) => unknown;
type Check = (receiver: unknown, parameters: readonly unknown[]) => void;
/** Ends the slice. @param what it does that would take so long: 'it goes through …'. */
type Stop = (what: string) => never;

/**
 * Replaces what may run without end in a context by what refuses to.
 *
 * @param tick is called for each element that an iterator gives.
 */
export function endNativeCalls(context: vm.Context, tick: () => void, stop: Stop): void {
  type Constructors = [ArrayConstructor, StringConstructor];
  const [array, string] = new vm.Script('[Array, String]').runInContext(context) as Constructors;
  const look = (value: unknown) => {
    const length = lengthOf(value);
    if (length > mostElements)
      stop(`it goes through ${typeof value === 'string' ? 'a text' : 'an array'} of ${length} elements`);
  };
  const lookAtAll = (receiver: unknown, parameters: readonly unknown[]) => [receiver, ...parameters].forEach(look);
  guardMethods(array.prototype, lookAtAll);
  guardMethods(string.prototype, lookAtAll);
  const counted = (source: unknown) => {
    look(source);
    return countElements(source, (count) => {
      tick();
      if (count > mostElements) stop(`it takes more than ${mostElements} elements from an iterator`);
    });
  };
  context[countedName] = counted;
  guard(array, 'from', (_, [source]) => look(source), counted);
  guard(array.prototype, 'flat', (receiver) => Array.from(receiver as ArrayLike<unknown>).forEach(look));
  const grow = (length: number) => {
    if (length > mostElements) stop(`it makes a text of ${length} elements`);
  };
  guard(string.prototype, 'repeat', (receiver, [times]) => grow(String(receiver).length * Number(times)));
  for (const name of ['padStart', 'padEnd']) guard(string.prototype, name, (_, [length]) => grow(Number(length)));
  for (const name of buffers.split(' ')) {
    const original = (context[name] ?? new vm.Script(name).runInContext(context)) as Class;
    context[name] = boundedClass(original, counted, stop);
  }
  context.Buffer = boundedBuffer(context.Buffer as Class, stop);
}

function guardMethods(prototype: object, check: Check): void {
  for (const name of Object.getOwnPropertyNames(prototype)) if (!constantTime.has(name)) guard(prototype, name, check);
}

/** @param replace gives what is handed on for the first parameter. */
function guard(holder: object, name: string, check: Check, replace?: (first: unknown) => unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  if (typeof descriptor?.value !== 'function') return;
  const value = new Proxy(descriptor.value as Callable, {
    apply: (target, receiver, parameters: unknown[]) => {
      check(receiver, parameters);
      const [first, ...others] = parameters;
      const given = replace && parameters.length > 0 ? [replace(first), ...others] : parameters;
      return Reflect.apply(target, receiver, given);
    },
  });
  Object.defineProperty(holder, name, { ...descriptor, value });
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  const { length } = value as { length?: unknown };
  return typeof length === 'number' ? length : 0;
}

/**
 * What an iterator gives is collected natively, in an array whose growth beyond 2^27 elements ends the process. So each
 * element is counted; arrays, texts and buffers, which have been looked at, stay as they are.
 */
function countElements(source: unknown, look: (count: number) => void): unknown {
  if (typeof source !== 'object' || source === null || Array.isArray(source) || isTypedArray(source)) return source;
  const iterable = source as Partial<Iterable<unknown>>;
  if (typeof iterable[Symbol.iterator] !== 'function') return source;
  return {
    [Symbol.iterator]: () => {
      const iterator = iterable[Symbol.iterator]!();
      const close = iterator.return?.bind(iterator);
      let count = 0;
      return {
        next: () => {
          look(++count);
          return iterator.next();
        },
        ...(close && { return: close }),
      };
    },
  };
}

function boundedClass(original: Class, counted: (source: unknown) => unknown, stop: Stop): Class {
  return new Proxy(original, {
    construct: (target, parameters: unknown[], newTarget) => {
      const [first, ...others] = parameters;
      checkBytes(first, stop);
      const given = parameters.length > 0 ? [counted(first), ...others] : parameters;
      return Reflect.construct(target, given, newTarget) as object;
    },
  });
}

function boundedBuffer(original: Class, stop: Stop): Class {
  return new Proxy(original, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function' || !/^(alloc.*|from)$/.test(String(key))) return value;
      return (...parameters: unknown[]) => {
        checkBytes(parameters[0], stop);
        return Reflect.apply(value as Callable, target, parameters);
      };
    },
  });
}

/** @param size of a buffer that is asked for, or what it is made of. */
function checkBytes(size: unknown, stop: Stop): void {
  const length = typeof size === 'number' ? size : lengthOf(size);
  if (length > mostBytes) stop(`it takes a buffer of ${length} elements`);
}
