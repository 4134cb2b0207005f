/** The plugin's entry in `tsconfig.json`: the options of `tsbpf build` that change what the compiler says. */
import type { Log } from './compiler-thread.js';
import type { Settings } from './messages.js';

/** Options that are wrong are named in the log, and left out. */
export function readSettings(config: unknown, log: Log): Settings {
  const given = (typeof config === 'object' && config !== null ? config : {}) as Readonly<Record<string, unknown>>;
  const wrong = (name: string, expected: string) => {
    log(`the option '${name}' of tsbpf/editor in tsconfig.json has to be ${expected}`);
    return {};
  };
  const take = <T>(name: string, expected: string, read: (value: unknown) => T | undefined): T | object => {
    if (given[name] === undefined) return {};
    return read(given[name]) ?? wrong(name, expected);
  };
  return {
    ...take('cpu', 'v1, v2, v3 or v4', (cpu) => (isCpu(cpu) ? { cpu } : undefined)),
    ...take('target', 'a kernel version such as 5.10', readTarget),
    ...take('license', 'a text', (license) => (typeof license === 'string' ? { license } : undefined)),
    ...take('define', 'an object of names and values', (defines) =>
      typeof defines === 'object' && defines !== null ? { defines: defines as Record<string, unknown> } : undefined,
    ),
  };
}

function isCpu(value: unknown): value is NonNullable<Settings['cpu']> {
  return ['v1', 'v2', 'v3', 'v4'].includes(value as string);
}

function readTarget(value: unknown): Pick<Settings, 'target'> | undefined {
  const match = typeof value === 'string' ? /^(\d{1,3})\.(\d{1,3})(?:\.\d+)?$/.exec(value) : null;
  return match ? { target: [Number(match[1]), Number(match[2])] } : undefined;
}
