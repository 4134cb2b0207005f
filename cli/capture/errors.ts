/** What can be wrong with a capture. */
import { CommandError, exitStatus } from '../status.js';

export const expressionWrong = (expression: string, reason: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3050,
    `the expression '${expression}' cannot be compiled: ${reason}`,
    'The language is that of tcpdump; `man pcap-filter` describes it.',
  );

export const terminalRefused = (format: string) =>
  new CommandError(
    exitStatus.usageWrong,
    3061,
    `-w - writes ${format}, which is no text, and standard output is a terminal`,
    'Send it to a file or a program (`tsbpf capture -i eth0 -w - | tcpdump -r -`), or leave -w away for lines.',
  );

export const interfaceMissing = () =>
  new CommandError(
    exitStatus.usageWrong,
    3062,
    'capture needs an interface',
    'Name one with `-i`; `-i any` captures on all of them, and `ip -brief link` lists them.',
  );

export const formatWithoutFile = () =>
  new CommandError(
    exitStatus.usageWrong,
    3063,
    '--format says how a file is written, and there is none',
    'Name one with `-w`, or `-w -` for standard output.',
  );

export const interfaceGone = (name: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3064,
    `the interface ${name} has gone away`,
    'What was captured until then is complete.',
  );

export const outputBroken = (output: string, reason: string) =>
  new CommandError(
    exitStatus.inputWrong,
    3065,
    `cannot write to ${output} any more: ${reason}`,
    'What was written until then is a complete file of the packets before.',
  );
