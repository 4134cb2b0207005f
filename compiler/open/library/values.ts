/** The part of the small library that program functions use: numbers, strings, arrays, iteration; typed precisely. */

const integerArrays = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array'];
const numberArrays = [...integerArrays, 'Uint32Array', 'Float32Array', 'Float64Array'];
const bigintArrays = ['BigInt64Array', 'BigUint64Array'];

const elements = (type: 'number' | 'bigint') => `
interface ${type === 'number' ? 'Number' : 'Bigint'}Elements<Self> {
  readonly BYTES_PER_ELEMENT: number; readonly buffer: any; readonly byteLength: number; readonly byteOffset: number; readonly length: number; [index: number]: ${type};
  at(index: number): ${type} | undefined; fill(value: ${type}, start?: number, end?: number): this; set(values: ArrayLike<${type}>, offset?: number): void;
  slice(start?: number, end?: number): Self; subarray(start?: number, end?: number): Self; reverse(): this; sort(compare?: (a: ${type}, b: ${type}) => number): this;
  includes(value: ${type}, from?: number): boolean; indexOf(value: ${type}, from?: number): number; lastIndexOf(value: ${type}, from?: number): number; join(separator?: string): string;
  copyWithin(target: number, start: number, end?: number): this;
  every(test: (value: ${type}, index: number, array: this) => unknown, self?: any): boolean; some(test: (value: ${type}, index: number, array: this) => unknown, self?: any): boolean;
  find(test: (value: ${type}, index: number, array: this) => boolean, self?: any): ${type} | undefined; findIndex(test: (value: ${type}, index: number, array: this) => boolean, self?: any): number;
  findLast(test: (value: ${type}, index: number, array: this) => boolean, self?: any): ${type} | undefined; findLastIndex(test: (value: ${type}, index: number, array: this) => boolean, self?: any): number;
  filter(test: (value: ${type}, index: number, array: this) => any, self?: any): Self; map(make: (value: ${type}, index: number, array: this) => ${type}, self?: any): Self;
  forEach(each: (value: ${type}, index: number, array: this) => void, self?: any): void;
  reduce(join: (sum: ${type}, value: ${type}, index: number, array: this) => ${type}): ${type}; reduce<U>(join: (sum: U, value: ${type}, index: number, array: this) => U, initial: U): U;
  reduceRight<U>(join: (sum: U, value: ${type}, index: number, array: this) => U, initial: U): U;
  toReversed(): Self; toSorted(compare?: (a: ${type}, b: ${type}) => number): Self; with(index: number, value: ${type}): Self; toString(): string; toLocaleString(): string;
  entries(): IterableIterator<[number, ${type}]>; keys(): IterableIterator<number>; values(): IterableIterator<${type}>; [Symbol.iterator](): IterableIterator<${type}>;
}
interface ${type === 'number' ? 'Number' : 'Bigint'}ElementsConstructor<Self> { new (length?: number): Self; new (values: Iterable<${type}> | ArrayLike<${type}>): Self; new (buffer: any, byteOffset?: number, length?: number): Self; readonly BYTES_PER_ELEMENT: number; readonly prototype: Self; of(...values: ${type}[]): Self; from(values: Iterable<${type}> | ArrayLike<${type}>): Self; from<T>(values: Iterable<T> | ArrayLike<T>, make: (value: T, index: number) => ${type}): Self; }`;

const typedArray = (name: string, kind: 'Number' | 'Bigint') =>
  `interface ${name}<Memory = any> extends ${kind}Elements<${name}> { readonly [Symbol.toStringTag]: '${name}'; } declare var ${name}: ${kind}ElementsConstructor<${name}>;`;

const readers = (kind: string, type: string, single: boolean) =>
  `get${kind}(byteOffset: number${single ? '' : ', littleEndian?: boolean'}): ${type}; set${kind}(byteOffset: number, value: ${type}${single ? '' : ', littleEndian?: boolean'}): void;`;

/** What `Array` and `ReadonlyArray` have in common. */
const readArray = (self: string) => `
  readonly [Symbol.unscopables]?: any; toString(): string; toLocaleString(...rest: any[]): string;
  concat(...items: (T | ConcatArray<T>)[]): T[]; join(separator?: string): string; slice(start?: number, end?: number): T[]; at(index: number): T | undefined;
  indexOf(value: T, from?: number): number; lastIndexOf(value: T, from?: number): number; includes(value: T, from?: number): boolean;
  every<S extends T>(test: (value: T, index: number, array: ${self}) => value is S, self?: any): this is S[];
  every(test: (value: T, index: number, array: ${self}) => unknown, self?: any): boolean; some(test: (value: T, index: number, array: ${self}) => unknown, self?: any): boolean;
  forEach(each: (value: T, index: number, array: ${self}) => void, self?: any): void; map<U>(make: (value: T, index: number, array: ${self}) => U, self?: any): U[];
  filter<S extends T>(test: (value: T, index: number, array: ${self}) => value is S, self?: any): S[]; filter(test: (value: T, index: number, array: ${self}) => unknown, self?: any): T[];
  find<S extends T>(test: (value: T, index: number, array: ${self}) => value is S, self?: any): S | undefined; find(test: (value: T, index: number, array: ${self}) => unknown, self?: any): T | undefined;
  findIndex(test: (value: T, index: number, array: ${self}) => unknown, self?: any): number; findLast(test: (value: T, index: number, array: ${self}) => unknown, self?: any): T | undefined;
  findLastIndex(test: (value: T, index: number, array: ${self}) => unknown, self?: any): number;
  reduce(join: (sum: T, value: T, index: number, array: ${self}) => T): T; reduce(join: (sum: T, value: T, index: number, array: ${self}) => T, initial: T): T; reduce<U>(join: (sum: U, value: T, index: number, array: ${self}) => U, initial: U): U;
  reduceRight(join: (sum: T, value: T, index: number, array: ${self}) => T): T; reduceRight<U>(join: (sum: U, value: T, index: number, array: ${self}) => U, initial: U): U;
  flatMap<U>(make: (value: T, index: number, array: ${self}) => U | readonly U[], self?: any): U[]; flat(depth?: number): T extends readonly any[] ? T[number][] : T[];
  toReversed(): T[]; toSorted(compare?: (a: T, b: T) => number): T[]; toSpliced(start: number, count?: number, ...items: T[]): T[]; with(index: number, value: T): T[];
  entries(): IterableIterator<[number, T]>; keys(): IterableIterator<number>; values(): IterableIterator<T>; [Symbol.iterator](): IterableIterator<T>;`;

export const valuesLibrary = `
interface Object { constructor: Function; toString(): string; toLocaleString(): string; valueOf(): Object; hasOwnProperty(key: PropertyKey): boolean; isPrototypeOf(value: Object): boolean; propertyIsEnumerable(key: PropertyKey): boolean; }
interface ObjectConstructor {
  new (value?: any): Object; (value?: any): any; readonly prototype: Object;
  keys(value: {}): string[]; values<T>(value: { [key: string]: T } | ArrayLike<T>): T[]; values(value: {}): any[]; entries<T>(value: { [key: string]: T } | ArrayLike<T>): [string, T][]; entries(value: {}): [string, any][];
  fromEntries<T = any>(entries: Iterable<readonly [PropertyKey, T]>): { [key: string]: T }; assign(target: {}, ...sources: any[]): any; freeze<const T>(value: T): Readonly<T>; seal<T>(value: T): T; isFrozen(value: any): boolean; isSealed(value: any): boolean;
  is(a: any, b: any): boolean; hasOwn(value: object, key: PropertyKey): boolean; create(prototype: object | null, properties?: any): any; getPrototypeOf(value: any): any; setPrototypeOf(value: any, prototype: object | null): any;
  defineProperty<T>(target: T, key: PropertyKey, descriptor: PropertyDescriptor): T; defineProperties<T>(target: T, descriptors: any): T; getOwnPropertyNames(value: any): string[]; getOwnPropertySymbols(value: any): symbol[];
  getOwnPropertyDescriptor(value: any, key: PropertyKey): PropertyDescriptor | undefined; getOwnPropertyDescriptors(value: any): any; preventExtensions<T>(value: T): T; isExtensible(value: any): boolean; groupBy(items: any, key: any): any;
}
declare var Object: ObjectConstructor;
interface Function { apply(self: any, rest?: any): any; call(self: any, ...rest: any[]): any; bind(self: any, ...rest: any[]): any; toString(): string; prototype: any; readonly length: number; readonly name: string; }
interface FunctionConstructor { new (...rest: string[]): Function; (...rest: string[]): Function; readonly prototype: Function; } declare var Function: FunctionConstructor;
interface CallableFunction extends Function { apply<S, A extends any[], R>(this: (this: S, ...rest: A) => R, self: S, rest?: A): R; call<S, A extends any[], R>(this: (this: S, ...rest: A) => R, self: S, ...rest: A): R; bind<T>(this: T, self: any): T; }
interface NewableFunction extends Function {}
interface IArguments { [index: number]: any; length: number; callee: Function; [Symbol.iterator](): IterableIterator<any>; }
interface Boolean { valueOf(): boolean; } interface BooleanConstructor { new (value?: any): Boolean; <T>(value?: T): boolean; readonly prototype: Boolean; } declare var Boolean: BooleanConstructor;
interface Symbol { toString(): string; valueOf(): symbol; readonly description: string | undefined; }
interface SymbolConstructor {
  (description?: string | number): symbol; for(key: string): symbol; keyFor(key: symbol): string | undefined; readonly prototype: Symbol;
  readonly iterator: unique symbol; readonly asyncIterator: unique symbol; readonly dispose: unique symbol; readonly asyncDispose: unique symbol; readonly hasInstance: unique symbol; readonly toPrimitive: unique symbol; readonly toStringTag: unique symbol;
  readonly species: unique symbol; readonly match: unique symbol; readonly matchAll: unique symbol; readonly replace: unique symbol; readonly search: unique symbol; readonly split: unique symbol; readonly unscopables: unique symbol; readonly isConcatSpreadable: unique symbol; readonly metadata: unique symbol;
}
declare var Symbol: SymbolConstructor;

interface Number { toString(radix?: number): string; toFixed(digits?: number): string; toExponential(digits?: number): string; toPrecision(digits?: number): string; toLocaleString(...rest: any[]): string; valueOf(): number; }
interface NumberConstructor {
  new (value?: any): Number; (value?: any): number; readonly prototype: Number;
  readonly MAX_VALUE: number; readonly MIN_VALUE: number; readonly NaN: number; readonly NEGATIVE_INFINITY: number; readonly POSITIVE_INFINITY: number; readonly EPSILON: number; readonly MAX_SAFE_INTEGER: number; readonly MIN_SAFE_INTEGER: number;
  isFinite(value: unknown): boolean; isInteger(value: unknown): boolean; isNaN(value: unknown): boolean; isSafeInteger(value: unknown): boolean; parseFloat(text: string): number; parseInt(text: string, radix?: number): number;
}
declare var Number: NumberConstructor; declare var NaN: number; declare var Infinity: number;
declare function parseInt(text: string, radix?: number): number; declare function parseFloat(text: string): number; declare function isNaN(value: number): boolean; declare function isFinite(value: number): boolean;
declare function encodeURIComponent(value: string | number | boolean): string; declare function decodeURIComponent(value: string): string; declare function encodeURI(value: string): string; declare function decodeURI(value: string): string; declare function escape(text: string): string; declare function unescape(text: string): string; declare function eval(text: string): any;
interface BigInt { toString(radix?: number): string; toLocaleString(...rest: any[]): string; valueOf(): bigint; readonly [Symbol.toStringTag]: 'BigInt'; }
interface BigIntConstructor { (value: bigint | boolean | number | string): bigint; readonly prototype: BigInt; asIntN(bits: number, value: bigint): bigint; asUintN(bits: number, value: bigint): bigint; }
declare var BigInt: BigIntConstructor;
interface Math {
  readonly E: number; readonly LN10: number; readonly LN2: number; readonly LOG2E: number; readonly LOG10E: number; readonly PI: number; readonly SQRT1_2: number; readonly SQRT2: number;
  ${['abs', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'cbrt', 'ceil', 'clz32', 'cos', 'cosh', 'exp', 'expm1', 'floor', 'fround', 'log', 'log10', 'log1p', 'log2', 'round', 'sign', 'sin', 'sinh', 'sqrt', 'tan', 'tanh', 'trunc'].map((name) => `${name}(x: number): number;`).join(' ')}
  atan2(y: number, x: number): number; hypot(...values: number[]): number; imul(x: number, y: number): number; max(...values: number[]): number; min(...values: number[]): number; pow(x: number, y: number): number; random(): number;
}
declare var Math: Math;

interface String {
  readonly length: number; readonly [index: number]: string; toString(): string; valueOf(): string; [Symbol.iterator](): IterableIterator<string>;
  at(index: number): string | undefined; charAt(index: number): string; charCodeAt(index: number): number; codePointAt(index: number): number | undefined; concat(...rest: string[]): string;
  startsWith(text: string, from?: number): boolean; endsWith(text: string, end?: number): boolean; includes(text: string, from?: number): boolean; indexOf(text: string, from?: number): number; lastIndexOf(text: string, from?: number): number;
  localeCompare(other: string, ...rest: any[]): number; match(pattern: string | RegExp): RegExpMatchArray | null; matchAll(pattern: RegExp): IterableIterator<RegExpExecArray>; search(pattern: string | RegExp): number; normalize(form?: string): string;
  replace(pattern: string | RegExp, by: string | ((match: string, ...rest: any[]) => string)): string; replaceAll(pattern: string | RegExp, by: string | ((match: string, ...rest: any[]) => string)): string;
  repeat(count: number): string; padStart(length: number, fill?: string): string; padEnd(length: number, fill?: string): string; slice(start?: number, end?: number): string; split(separator: string | RegExp, limit?: number): string[]; substring(start: number, end?: number): string; substr(from: number, length?: number): string;
  toLowerCase(): string; toUpperCase(): string; toLocaleLowerCase(...rest: any[]): string; toLocaleUpperCase(...rest: any[]): string; trim(): string; trimStart(): string; trimEnd(): string; isWellFormed(): boolean; toWellFormed(): string;
}
interface StringConstructor { new (value?: any): String; (value?: any): string; readonly prototype: String; fromCharCode(...codes: number[]): string; fromCodePoint(...codes: number[]): string; raw(template: { raw: readonly string[] }, ...rest: any[]): string; }
declare var String: StringConstructor;

interface ArrayLike<T> { readonly length: number; readonly [index: number]: T; }
interface ConcatArray<T> { readonly length: number; readonly [index: number]: T; join(separator?: string): string; slice(start?: number, end?: number): T[]; }
interface ReadonlyArray<T> { readonly length: number; readonly [index: number]: T; ${readArray('readonly T[]')} }
interface Array<T> { length: number; [index: number]: T; ${readArray('T[]')}
  pop(): T | undefined; push(...items: T[]): number; shift(): T | undefined; unshift(...items: T[]): number; reverse(): T[]; sort(compare?: (a: T, b: T) => number): this; splice(start: number, count?: number, ...items: T[]): T[]; fill(value: T, start?: number, end?: number): this; copyWithin(target: number, start: number, end?: number): this;
}
interface ArrayConstructor {
  new (length?: number): any[]; new <T>(length: number): T[]; new <T>(...items: T[]): T[]; (length?: number): any[]; <T>(length: number): T[]; <T>(...items: T[]): T[]; readonly prototype: any[];
  isArray(value: any): value is any[]; of<T>(...items: T[]): T[]; from<T>(values: Iterable<T> | ArrayLike<T>): T[]; from<T, U>(values: Iterable<T> | ArrayLike<T>, make: (value: T, index: number) => U, self?: any): U[]; fromAsync(values: any, make?: any): Promise<any[]>;
}
declare var Array: ArrayConstructor;

interface IteratorYieldResult<T> { done?: false; value: T; } interface IteratorReturnResult<T> { done: true; value: T; } type IteratorResult<T, R = any> = IteratorYieldResult<T> | IteratorReturnResult<R>;
interface Iterator<T, R = any, N = any> { next(...rest: [] | [N]): IteratorResult<T, R>; return?(value?: R): IteratorResult<T, R>; throw?(error?: any): IteratorResult<T, R>; }
interface Iterable<T, R = any, N = any> { [Symbol.iterator](): Iterator<T, R, N>; }
interface IterableIterator<T, R = any, N = any> extends Iterator<T, R, N> {
  [Symbol.iterator](): IterableIterator<T, R, N>; map<U>(make: (value: T, index: number) => U): IterableIterator<U>; filter(test: (value: T, index: number) => unknown): IterableIterator<T>; take(count: number): IterableIterator<T>; drop(count: number): IterableIterator<T>;
  toArray(): T[]; forEach(each: (value: T, index: number) => void): void; some(test: (value: T, index: number) => unknown): boolean; every(test: (value: T, index: number) => unknown): boolean; find(test: (value: T, index: number) => unknown): T | undefined; reduce<U>(join: (sum: U, value: T, index: number) => U, initial: U): U;
}
interface IteratorObject<T, R = unknown, N = unknown> extends Iterator<T, R, N> { [Symbol.iterator](): IteratorObject<T, R, N>; } interface ArrayIterator<T> extends IterableIterator<T> {} interface MapIterator<T> extends IterableIterator<T> {} interface SetIterator<T> extends IterableIterator<T> {}
interface Generator<T = unknown, R = any, N = any> extends Iterator<T, R, N> { next(...rest: [] | [N]): IteratorResult<T, R>; return(value: R): IteratorResult<T, R>; throw(error: any): IteratorResult<T, R>; [Symbol.iterator](): Generator<T, R, N>; }
interface AsyncIterator<T, R = any, N = any> { next(...rest: [] | [N]): Promise<IteratorResult<T, R>>; return?(value?: R | PromiseLike<R>): Promise<IteratorResult<T, R>>; throw?(error?: any): Promise<IteratorResult<T, R>>; }
interface AsyncIterable<T, R = any, N = any> { [Symbol.asyncIterator](): AsyncIterator<T, R, N>; } interface AsyncIterableIterator<T, R = any, N = any> extends AsyncIterator<T, R, N> { [Symbol.asyncIterator](): AsyncIterableIterator<T, R, N>; } interface AsyncIteratorObject<T, R = any, N = any> extends AsyncIterator<T, R, N> { [Symbol.asyncIterator](): AsyncIteratorObject<T, R, N>; }
interface AsyncGenerator<T = unknown, R = any, N = any> extends AsyncIterator<T, R, N> { next(...rest: [] | [N]): Promise<IteratorResult<T, R>>; return(value: R | PromiseLike<R>): Promise<IteratorResult<T, R>>; throw(error: any): Promise<IteratorResult<T, R>>; [Symbol.asyncIterator](): AsyncGenerator<T, R, N>; }
interface Disposable { [Symbol.dispose](): void; } interface AsyncDisposable { [Symbol.asyncDispose](): PromiseLike<void>; }
interface DisposableStack extends Disposable { use<T>(value: T): T; defer(run: () => void): void; adopt<T>(value: T, run: (value: T) => void): T; dispose(): void; move(): DisposableStack; readonly disposed: boolean; } declare var DisposableStack: { new (): DisposableStack };
declare var AsyncDisposableStack: any; declare var SuppressedError: any;

interface ArrayBuffer { readonly byteLength: number; slice(start?: number, end?: number): ArrayBuffer; resize(length: number): void; transfer(length?: number): ArrayBuffer; readonly [Symbol.toStringTag]: string; } declare var ArrayBuffer: { new (length: number, options?: any): ArrayBuffer; isView(value: any): boolean; readonly prototype: ArrayBuffer; };
interface SharedArrayBuffer { readonly byteLength: number; slice(start?: number, end?: number): SharedArrayBuffer; } declare var SharedArrayBuffer: { new (length: number): SharedArrayBuffer; }; type ArrayBufferLike = ArrayBuffer | SharedArrayBuffer; interface ArrayBufferView { readonly buffer: any; readonly byteLength: number; readonly byteOffset: number; }
interface DataView<Memory = any> { readonly buffer: any; readonly byteLength: number; readonly byteOffset: number;
  ${[readers('Int8', 'number', true), readers('Uint8', 'number', true), readers('Int16', 'number', false), readers('Uint16', 'number', false), readers('Int32', 'number', false), readers('Uint32', 'number', false), readers('Float32', 'number', false), readers('Float64', 'number', false), readers('BigInt64', 'bigint', false), readers('BigUint64', 'bigint', false)].join(' ')}
}
declare var DataView: { new (buffer: any, byteOffset?: number, byteLength?: number): DataView; readonly prototype: DataView; };
${elements('number')}${elements('bigint')}
${numberArrays.map((name) => typedArray(name, 'Number')).join('\n')}
${bigintArrays.map((name) => typedArray(name, 'Bigint')).join('\n')}

type PropertyKey = string | number | symbol;
type Partial<T> = { [P in keyof T]?: T[P] }; type Required<T> = { [P in keyof T]-?: T[P] }; type Readonly<T> = { readonly [P in keyof T]: T[P] }; type Pick<T, K extends keyof T> = { [P in K]: T[P] }; type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T; type Extract<T, U> = T extends U ? T : never; type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>; type NonNullable<T> = T & {};
type Parameters<T extends (...rest: any) => any> = T extends (...rest: infer P) => any ? P : never; type ConstructorParameters<T extends abstract new (...rest: any) => any> = T extends abstract new (...rest: infer P) => any ? P : never;
type ReturnType<T extends (...rest: any) => any> = T extends (...rest: any) => infer R ? R : any; type InstanceType<T extends abstract new (...rest: any) => any> = T extends abstract new (...rest: any) => infer R ? R : any;
type Awaited<T> = T extends null | undefined ? T : T extends object & { then(done: infer F, ...rest: infer _): any } ? (F extends (value: infer V, ...rest: infer _) => any ? Awaited<V> : never) : T;
type Uppercase<S extends string> = intrinsic; type Lowercase<S extends string> = intrinsic; type Capitalize<S extends string> = intrinsic; type Uncapitalize<S extends string> = intrinsic; type NoInfer<T> = intrinsic;
interface ThisType<T> {} type ThisParameterType<T> = T extends (this: infer U, ...rest: never) => any ? U : unknown; type OmitThisParameter<T> = unknown extends ThisParameterType<T> ? T : T extends (...rest: infer A) => infer R ? (...rest: A) => R : T;
interface WeakKeyTypes { object: object; symbol: symbol; } type WeakKey = WeakKeyTypes[keyof WeakKeyTypes]; type BuiltinIteratorReturn = any;
`;
