/** The part of the small library that user space and static slices see: present, and typed loosely. */
export const globalsLibrary = `
interface Error { name: string; message: string; stack?: string; cause?: unknown; }
interface ErrorConstructor { new (message?: string, options?: { cause?: unknown }): Error; (message?: string, options?: { cause?: unknown }): Error; readonly prototype: Error; captureStackTrace(target: object, from?: any): void; }
declare var Error: ErrorConstructor;
interface RangeError extends Error {} declare var RangeError: ErrorConstructor;
interface TypeError extends Error {} declare var TypeError: ErrorConstructor;
interface SyntaxError extends Error {} declare var SyntaxError: ErrorConstructor;
interface ReferenceError extends Error {} declare var ReferenceError: ErrorConstructor;
interface EvalError extends Error {} declare var EvalError: ErrorConstructor;
interface URIError extends Error {} declare var URIError: ErrorConstructor;
interface AggregateError extends Error { errors: any[]; }
declare var AggregateError: { new (errors: Iterable<any>, message?: string): AggregateError; };

interface PromiseLike<T> { then<A = T, B = never>(fulfilled?: ((value: T) => A | PromiseLike<A>) | null, rejected?: ((reason: any) => B | PromiseLike<B>) | null): PromiseLike<A | B>; }
interface Promise<T> {
  then<A = T, B = never>(fulfilled?: ((value: T) => A | PromiseLike<A>) | null, rejected?: ((reason: any) => B | PromiseLike<B>) | null): Promise<A | B>;
  catch<A = never>(rejected?: ((reason: any) => A | PromiseLike<A>) | null): Promise<T | A>;
  finally(done?: (() => void) | null): Promise<T>;
}
interface PromiseConstructor {
  readonly prototype: Promise<any>;
  new <T>(executor: (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: any) => void) => void): Promise<T>;
  resolve(): Promise<void>; resolve<T>(value: T): Promise<Awaited<T>>; reject<T = never>(reason?: any): Promise<T>;
  all<T extends readonly unknown[] | []>(values: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }>;
  race<T>(values: Iterable<T>): Promise<Awaited<T>>; any<T>(values: Iterable<T>): Promise<Awaited<T>>; allSettled(values: Iterable<any>): Promise<any[]>;
  withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason?: any) => void };
}
declare var Promise: PromiseConstructor;
interface PromiseConstructorLike {}

interface Map<K, V> {
  readonly size: number; clear(): void; delete(key: K): boolean; get(key: K): V | undefined; has(key: K): boolean; set(key: K, value: V): this;
  forEach(each: (value: V, key: K, map: Map<K, V>) => void, self?: any): void;
  entries(): IterableIterator<[K, V]>; keys(): IterableIterator<K>; values(): IterableIterator<V>; [Symbol.iterator](): IterableIterator<[K, V]>;
}
interface ReadonlyMap<K, V> {
  readonly size: number; get(key: K): V | undefined; has(key: K): boolean; forEach(each: (value: V, key: K, map: ReadonlyMap<K, V>) => void, self?: any): void;
  entries(): IterableIterator<[K, V]>; keys(): IterableIterator<K>; values(): IterableIterator<V>; [Symbol.iterator](): IterableIterator<[K, V]>;
}
interface MapConstructor { new (): Map<any, any>; new <K, V>(entries?: Iterable<readonly [K, V]> | null): Map<K, V>; readonly prototype: Map<any, any>; groupBy(items: any, key: any): Map<any, any>; }
declare var Map: MapConstructor;
interface Set<T> {
  readonly size: number; add(value: T): this; clear(): void; delete(value: T): boolean; has(value: T): boolean; forEach(each: (value: T, same: T, set: Set<T>) => void, self?: any): void;
  entries(): IterableIterator<[T, T]>; keys(): IterableIterator<T>; values(): IterableIterator<T>; [Symbol.iterator](): IterableIterator<T>;
  union(other: any): Set<any>; intersection(other: any): Set<any>; difference(other: any): Set<any>; symmetricDifference(other: any): Set<any>; isSubsetOf(other: any): boolean; isSupersetOf(other: any): boolean; isDisjointFrom(other: any): boolean;
}
interface ReadonlySet<T> {
  readonly size: number; has(value: T): boolean; forEach(each: (value: T, same: T, set: ReadonlySet<T>) => void, self?: any): void;
  entries(): IterableIterator<[T, T]>; keys(): IterableIterator<T>; values(): IterableIterator<T>; [Symbol.iterator](): IterableIterator<T>;
}
interface SetConstructor { new <T = any>(values?: Iterable<T> | null): Set<T>; readonly prototype: Set<any>; }
declare var Set: SetConstructor;
interface WeakMap<K, V> { get(key: K): V | undefined; set(key: K, value: V): this; has(key: K): boolean; delete(key: K): boolean; }
declare var WeakMap: { new <K = any, V = any>(entries?: any): WeakMap<K, V>; };
interface WeakSet<T> { add(value: T): this; has(value: T): boolean; delete(value: T): boolean; }
declare var WeakSet: { new <T = any>(values?: any): WeakSet<T>; };
interface WeakRef<T> { deref(): T | undefined; }
declare var WeakRef: { new <T>(value: T): WeakRef<T>; };
declare var FinalizationRegistry: any;
interface FinalizationRegistry<T> { register(target: any, held: T, token?: any): void; unregister(token: any): boolean; }

interface RegExpMatchArray extends Array<string> { index?: number; input?: string; groups?: { [key: string]: string }; }
interface RegExpExecArray extends Array<string> { index: number; input: string; groups?: { [key: string]: string }; }
interface RegExp { exec(text: string): RegExpExecArray | null; test(text: string): boolean; readonly source: string; readonly flags: string; readonly global: boolean; lastIndex: number; [Symbol.replace](...rest: any): string; [Symbol.split](...rest: any): string[]; }
interface RegExpConstructor { new (pattern: RegExp | string, flags?: string): RegExp; (pattern: RegExp | string, flags?: string): RegExp; readonly prototype: RegExp; escape(text: string): string; }
declare var RegExp: RegExpConstructor;

interface Date { getTime(): number; toISOString(): string; toJSON(): string; toString(): string; valueOf(): number; [name: string]: any; [Symbol.toPrimitive](hint: any): any; }
declare var Date: { new (...rest: any[]): Date; (): string; now(): number; parse(text: string): number; UTC(...rest: number[]): number; readonly prototype: Date; };
declare var JSON: { parse(text: string, reviver?: any): any; stringify(value: any, replacer?: any, space?: string | number): string; };
declare var Reflect: any; declare var Proxy: any; declare var Intl: any; declare var Atomics: any; declare var WebAssembly: any;
declare var console: { log(...values: any[]): void; error(...values: any[]): void; warn(...values: any[]): void; info(...values: any[]): void; debug(...values: any[]): void; table(...values: any[]): void; dir(...values: any[]): void; [name: string]: (...values: any[]) => any; };
declare var process: any; declare var Buffer: any; interface Buffer extends Uint8Array { [name: string]: any; }
declare namespace NodeJS { type Timeout = any; type Signals = any; type ProcessEnv = any; type ErrnoException = any; type ReadableStream = any; type WritableStream = any; type Platform = any; }
declare namespace Intl { type NumberFormat = any; type DateTimeFormat = any; }
declare function setTimeout(call: (...rest: any[]) => any, milliseconds?: number, ...rest: any[]): any; declare function clearTimeout(timer: any): void;
declare function setInterval(call: (...rest: any[]) => any, milliseconds?: number, ...rest: any[]): any; declare function clearInterval(timer: any): void;
declare function setImmediate(call: (...rest: any[]) => any, ...rest: any[]): any; declare function clearImmediate(timer: any): void;
declare function queueMicrotask(call: () => void): void; declare function structuredClone<T>(value: T, options?: any): T;
declare var fetch: any; declare var URL: any; interface URL { [name: string]: any; } declare var URLSearchParams: any; declare var performance: any; declare var crypto: any;
declare var TextEncoder: any; declare var TextDecoder: any; declare var AbortController: any; declare var AbortSignal: any; declare var Event: any; declare var EventTarget: any;
interface AbortSignal { [name: string]: any; } interface AbortController { [name: string]: any; }
declare var require: any; declare var module: any; declare var __dirname: string; declare var __filename: string; declare var global: any;
interface ImportMeta { readonly url: string; readonly dirname: string; readonly filename: string; readonly main: boolean; resolve(specifier: string): string; }
interface ImportAttributes { [name: string]: string; }
interface ImportCallOptions { with?: ImportAttributes; }
interface TemplateStringsArray extends ReadonlyArray<string> { readonly raw: readonly string[]; }

interface DecoratorContext { readonly kind: string; readonly name: string | symbol | undefined; readonly metadata: any; addInitializer(run: () => void): void; }
interface ClassDecoratorContext<Class = any> extends DecoratorContext { readonly kind: 'class'; readonly name: string | undefined; }
interface ClassMethodDecoratorContext<This = unknown, Value = any> extends DecoratorContext { readonly kind: 'method'; readonly name: string | symbol; readonly static: boolean; readonly private: boolean; readonly access: any; }
interface ClassGetterDecoratorContext<This = unknown, Value = unknown> extends DecoratorContext { readonly kind: 'getter'; readonly name: string | symbol; readonly static: boolean; readonly private: boolean; }
interface ClassSetterDecoratorContext<This = unknown, Value = unknown> extends DecoratorContext { readonly kind: 'setter'; readonly name: string | symbol; readonly static: boolean; readonly private: boolean; }
interface ClassFieldDecoratorContext<This = unknown, Value = unknown> extends DecoratorContext { readonly kind: 'field'; readonly name: string | symbol; readonly static: boolean; readonly private: boolean; }
interface ClassAccessorDecoratorContext<This = unknown, Value = unknown> extends DecoratorContext { readonly kind: 'accessor'; readonly name: string | symbol; readonly static: boolean; readonly private: boolean; }
interface TypedPropertyDescriptor<T> { enumerable?: boolean; configurable?: boolean; writable?: boolean; value?: T; get?: () => T; set?: (value: T) => void; }
interface PropertyDescriptor { configurable?: boolean; enumerable?: boolean; value?: any; writable?: boolean; get?(): any; set?(value: any): void; }
`;
