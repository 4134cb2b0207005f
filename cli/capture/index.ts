/** What `tsbpf capture` does. */
import { prepareCapture, type Capture } from '../../runtime/capture/capture.js';
import type { Encoder } from '../../runtime/capture/encoder.js';
import { PcapEncoder } from '../../runtime/capture/pcap-encoder.js';
import { PcapngEncoder } from '../../runtime/capture/pcapng-encoder.js';
import { linkTypeName } from '../../runtime/packet/link-types.js';
import { ProgramProblem } from '../../runtime/trace/compile.js';
import type { CaptureFlags } from '../commands/capture.js';
import { CommandError, exitStatus, optionsExclude, type ExitStatus } from '../status.js';
import { commandErrorText, reportError, writeRecord } from '../terminal.js';
import {
  expressionWrong,
  formatWithoutFile,
  interfaceGone,
  interfaceMissing,
  outputBroken,
  terminalRefused,
} from './errors.js';
import { LineEncoder } from './line-encoder.js';
import { errorText, openOutput, OutputFailed } from './output.js';
import { Session, type Outcome } from './session.js';

/**
 * Captures until Ctrl-C, or until what the flags say.
 *
 * @param expression as tcpdump takes it; empty for all packets.
 */
export async function capture(expression: string, flags: CaptureFlags): Promise<ExitStatus> {
  checkFlags(flags);
  using prepared = prepare(expression, flags);
  const output = openOutput(flags.write ?? '-');
  const session = new Session(prepared, encoderFor(prepared, expression, flags), output, flags.count);
  process.on('SIGINT', session.stop).on('SIGTERM', session.stop);
  try {
    prepared.start();
    announce(prepared, flags);
    return report(await session.run(), flags);
  } finally {
    process.off('SIGINT', session.stop).off('SIGTERM', session.stop);
    output.close();
  }
}

function checkFlags(flags: CaptureFlags): void {
  if (flags.interface === undefined && flags.at === undefined) throw interfaceMissing();
  if (flags.at !== undefined && flags.direction !== 'inout') {
    throw optionsExclude('--at', '-Q', 'a function of the kernel may be given packets of both directions');
  }
  if (flags.write === undefined && flags.format) throw formatWithoutFile();
  if (flags.write === '-' && process.stdout.isTTY) throw terminalRefused(flags.format ?? 'pcapng');
}

function prepare(expression: string, flags: CaptureFlags): Capture {
  try {
    return prepareCapture({
      interface: flags.interface === 'any' ? undefined : flags.interface,
      expression: expression || undefined,
      snapLength: flags.snapshotLength,
      direction: flags.direction,
      bufferSize: 2 ** Math.ceil(Math.log2(flags.bufferSize * 1024)),
      promiscuous: flags.promiscuousMode,
      at: flags.at,
    });
  } catch (problem) {
    if (!(problem instanceof ProgramProblem)) throw problem;
    throw expressionWrong(expression, problem.message);
  }
}

function encoderFor(prepared: Capture, expression: string, flags: CaptureFlags): Encoder {
  const { linkType } = prepared.framing;
  const { interfaceName, only, knowsDirection: directions } = prepared;
  const snapLength = flags.snapshotLength;
  if (flags.write === undefined) {
    return new LineEncoder({ linkType, interfaceName, directions, json: flags.json ?? false });
  }
  if (flags.format === 'pcap') return new PcapEncoder(linkType, snapLength);
  return new PcapngEncoder({ linkType, snapLength, interfaceName, filter: expression, directions, only });
}

function announce({ framing }: Capture, { interface: name, at, snapshotLength, json }: CaptureFlags): void {
  if (json) return;
  const where = [...(at === undefined ? [] : [`at ${at}`]), ...(name === undefined ? [] : [`on ${name}`])].join(' ');
  const type = linkTypeName(framing.linkType);
  process.stderr.write(`capturing ${where}, link type ${type}, snapshot length ${snapshotLength} bytes\n`);
}

function report({ end, received, written, dropped, overrun }: Outcome, flags: CaptureFlags): ExitStatus {
  const error = errorOf(end, flags);
  if (error) reportError(commandErrorText(error), { json: false });
  if (flags.json) writeRecord({ received, written, dropped }, process.stderr);
  else {
    const how = overrun > 0 ? `; a larger buffer (-B) holds more` : '';
    process.stderr.write(`${packets(received)} received, ${written} written, ${dropped} dropped${how}\n`);
  }
  return error?.status ?? exitStatus.done;
}

const packets = (count: number): string => (count === 1 ? '1 packet' : `${count} packets`);

function errorOf(end: Outcome['end'], flags: CaptureFlags): CommandError | undefined {
  if (end === 'gone') return interfaceGone(flags.interface!);
  if (!(end instanceof OutputFailed)) return undefined;
  const output = flags.write === undefined || flags.write === '-' ? 'standard output' : flags.write;
  return outputBroken(output, errorText(end.cause));
}
