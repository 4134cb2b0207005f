/** `tsbpf load`: from the words of the command line to a session. */
import { findNear } from '../../compiler/open/near.js';
import { ObjectFile } from '../../runtime/object-file.js';
import { MapType } from '../../runtime/maps/types.js';
import type { LoadFlags } from '../commands/load.js';
import { constantMissing, eventStructMissing, exitStatus, mapMissing, optionPair, type ExitStatus } from '../status.js';
import { parseValue } from '../map/parse.js';
import { parseScale, type Scale } from './histogram.js';
import { readSubject, type Subject } from './object.js';
import { runSession } from './session.js';
import { chooseAttachments, type Attachment } from './where.js';
// Each map class makes itself known for its type.
import '../../runtime/index.js';

/**
 * @param name as the user wrote it.
 * @throws CommandError for wrong usage, TsbpfError for what the kernel refuses; nothing stays attached.
 */
export async function load(name: string, flags: LoadFlags): Promise<ExitStatus> {
  const scales = new Map(flags.histogram.map(parseHistogram));
  const events = new Map(flags.event.map((text) => splitPair('--event', text, 'MAP=STRUCT')));
  const subject = await readSubject(name, flags);
  if (typeof subject === 'number') return subject;
  const file = openFile(subject, events);
  const constants = Object.fromEntries(flags.set.map((text) => parseConstant(file, text)));
  const attachments = chooseAttachments(subject, file.programs, flags);
  const maps = usedMaps(file, attachments);
  const named = [...events.keys()].map((map) => ['--event', map] as const);
  for (const [option, map] of [...named, ...[...scales.keys()].map((map) => ['--histogram', map] as const)]) {
    if (!maps.includes(map)) throw mapMissing(name, option, map, findNear(map, maps), maps);
  }
  await runSession({ file, attachments, maps, scales, constants, flags });
  return exitStatus.done;
}

function splitPair(option: string, text: string, form: string): [string, string] {
  const [, name = '', value = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === '') throw optionPair(option, text, form);
  return [name, value];
}

function parseConstant(file: ObjectFile, text: string): [string, unknown] {
  const [name, value] = splitPair('--set', text, 'NAME=VALUE');
  const variable = file.variable(name);
  if (!variable) throw constantMissing(file.subject, name, findNear(name, file.constants), file.constants);
  return [name, parseValue(value, variable.layout, `--set ${name}`)];
}

function parseHistogram(text: string): [string, Scale | 'none'] {
  const form = 'MAP=log2, MAP=linear, MAP=linear:STEP or MAP=none';
  const [name, value] = splitPair('--histogram', text, form);
  const scale = value === 'none' ? value : parseScale(value);
  if (!scale) throw optionPair('--histogram', text, form);
  return [name, scale];
}

function openFile({ name, bytes }: Subject, events: ReadonlyMap<string, string>): ObjectFile {
  const { structs } = new ObjectFile(name, () => bytes);
  for (const [map, struct] of events) {
    if (!structs.includes(struct)) throw eventStructMissing(map, struct, findNear(struct, structs), structs);
  }
  return new ObjectFile(name, () => bytes, Object.fromEntries(events));
}

/** The maps of the programs that are attached, without those that the compiler has made for itself. */
function usedMaps(file: ObjectFile, attachments: readonly Attachment[]): string[] {
  const used = new Set(attachments.flatMap(({ program }) => [...file.mapsOf(program)]));
  const isScratch = (name: string, type: number) => type === MapType.perCpuArray && /_scratch\d*$/.test(name);
  return file.maps.filter(({ name, type }) => used.has(name) && !isScratch(name, type)).map(({ name }) => name);
}
