/** What `tsbpf load` says: to people in columns and blocks, to programs one JSON object a line. */
import { fstatSync } from 'node:fs';
import { toJsonValue } from '../../runtime/maps/json.js';
import type { Layout } from '../../runtime/maps/layout.js';
import { Columns } from './columns.js';
import { plainScreen, terminalScreen } from './screen.js';
import type { Shown } from './shown.js';
import { standardStream, type TextStream } from './standard-stream.js';

export interface Output {
  /** Whether maps change in place, so that they can be shown all the time. */
  readonly isLive: boolean;
  attached(program: string, target: string): void;
  /** The events of a map are printed as bytes; `structs` are those that it might have. */
  undescribed(map: string, structs: readonly string[]): void;
  /** Events that came in a row. */
  events(map: string, events: readonly unknown[]): void;
  /** @param last that no others follow. */
  maps(shown: readonly Shown[], last: boolean): void;
  lost(map: string, count: number): void;
}

/** To standard output. */
export function recordOutput(stream: TextStream = standardStream(1)): Output {
  const write = (record: object) => void stream.write(`${JSON.stringify(record)}\n`);
  return {
    isLive: false,
    attached: (program, attached) => write({ program, attached }),
    undescribed: () => undefined,
    events: (map, events) =>
      void stream.write(events.map((event) => `${JSON.stringify({ map, event: toJsonValue(event) })}\n`).join('')),
    maps(shown) {
      const time = new Date().toISOString();
      for (const record of shown.flatMap((one) => one.records())) write({ time, ...record });
    },
    lost: (map, lost) => write({ map, lost }),
  };
}

/**
 * Events and maps go to standard output, what is said about them to standard error.
 *
 * @param layouts of the events, by the names of their maps; undefined where they are bytes.
 */
export function textOutput(layouts: ReadonlyMap<string, Layout | undefined>): Output {
  const isLive = isCharacterDevice(1) && process.stdout.isTTY && process.env['TERM'] !== 'dumb';
  const screen = isLive ? terminalScreen(process.stdout) : plainScreen(standardStream(1));
  const errors = standardStream(2);
  const say = (text: string) => errors.write(`${text}\n`);
  const columns = new Map(
    [...layouts].map(([map, layout]) => [map, new Columns(layout ?? { kind: 'bytes', size: 0 })] as const),
  );
  let last: string | undefined;
  return {
    isLive,
    attached: (program, target) => say(`${program}: attached to ${target}`),
    undescribed(map, structs) {
      const hint = structs.length > 0 ? `; --event ${map}=STRUCT says it (there are ${structs.join(', ')})` : '';
      say(`${map}: the object does not say what its events are, so they are printed as bytes${hint}`);
    },
    events(map, events) {
      const own = columns.get(map) as Columns;
      // With one map its heading stands once; with several each change of the map has a heading that names it.
      const heading = last === map ? [] : columns.size === 1 ? [own.heading] : [`${map}:`, own.heading];
      last = map;
      screen.print([...heading, ...events.map((event) => own.row(event))]);
    },
    maps(shown, isLast) {
      const blocks = shown.map((one) => one.lines()).filter((lines) => lines.length > 0);
      const block = blocks.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines));
      if (isLast) screen.finish(block);
      else screen.show(block);
    },
    lost: (map, count) => say(`${map}: ${count} events were lost, since they came faster than they could be printed`),
  };
}

/** As all terminals are; asked first, since Node makes a stream to say more. */
function isCharacterDevice(descriptor: number): boolean {
  return fstatSync(descriptor).isCharacterDevice();
}
