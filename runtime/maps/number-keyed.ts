/**
 * `map[5]`: what a map class inherits from so that number properties are entries.
 *
 * The proxy stands at the end of the prototype chain, where only names come that neither the map nor its classes have:
 * methods and private fields work as in any class, and cost what they cost there.
 */

/** What a map with number keys implements. */
export interface NumberKeyedAccess {
  getNumbered?(key: number): unknown;
  setNumbered?(key: number, value: unknown): void;
}

const NUMBER = /^-?(0|[1-9]\d*)$/;

const prototype = new Proxy(Object.prototype, {
  get(target, property, receiver: NumberKeyedAccess) {
    if (typeof property === 'string' && NUMBER.test(property)) return receiver.getNumbered?.(Number(property));
    return Reflect.get(target, property, receiver) as unknown;
  },
  set(target, property, value, receiver: NumberKeyedAccess) {
    if (typeof property === 'string' && NUMBER.test(property) && receiver.setNumbered) {
      receiver.setNumbered(Number(property), value);
      return true;
    }
    return Reflect.set(target, property, value, receiver);
  },
});

function Base(): void {}
Base.prototype = prototype;

export const NumberKeyed = Base as unknown as new () => object;
