/** Runs of `tsbpf capture`: in processes of their own, and in guests, where each start of Node takes ten seconds, in this one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Command } from 'commander';
import { expect, onTestFinished, vi } from 'vitest';
import { addCapture } from '../../../cli/commands/capture.js';
import { command as tool, until } from '../../cli/command-line.js';
import { inGuest } from '../../support/examples.js';

interface Printed {
  stdout: string;
  stderr: string;
}

/** A capture that captures. */
export interface Capturing {
  readonly printed: Printed;
  /** Presses Ctrl-C, or sends another signal, and waits for the status. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number>;
}

export interface Running extends Capturing {
  readonly child: ChildProcess;
  /** Status and signal. */
  readonly ended: Promise<unknown[]>;
}

/** The most milliseconds until it captures. */
const LIMIT = 120_000;

/**
 * Starts a process, and waits until it captures.
 *
 * @param parameters of `tsbpf capture`.
 * @param script of bash that is run in its place, with Node, the tool and the parameters as its own.
 */
export async function start(parameters: readonly string[], { script }: { script?: string } = {}): Promise<Running> {
  const child = script
    ? spawn('bash', ['-c', script, process.execPath, tool, ...parameters])
    : spawn(process.execPath, [tool, 'capture', ...parameters]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const ended = once(child, 'close');
  await until(() => printed.stderr.includes('capturing ') || child.exitCode !== null, LIMIT);
  expect(printed.stderr).toContain('capturing ');
  const end = async (signal: NodeJS.Signals = 'SIGINT') => {
    child.kill(signal);
    return (await ended)[0] as number;
  };
  return { child, printed, ended, end };
}

/** The same in this process; what it captures has to go to a file. */
async function startHere(parameters: readonly string[]): Promise<Capturing> {
  const printed = { stdout: '', stderr: '' };
  const others = new Set(process.listeners('SIGINT'));
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.stderr += String(text);
    return true;
  });
  let status: number | undefined;
  const program = new Command();
  addCapture(program, (finished) => (status = finished));
  const ended = program.parseAsync(['capture', ...parameters], { from: 'user' }).finally(() => stderr.mockRestore());
  const interrupt = () => {
    for (const listener of process.listeners('SIGINT')) if (!others.has(listener)) listener('SIGINT');
  };
  onTestFinished(interrupt);
  await Promise.race([ended, until(() => printed.stderr.includes('capturing '), LIMIT)]);
  expect(printed.stderr).toContain('capturing ');
  const end = async () => {
    interrupt();
    await ended;
    return status!;
  };
  return { printed, end };
}

/** Starts a capture into a file where that costs least, and waits until it captures. */
export const startCapture = (parameters: readonly string[]): Promise<Capturing> =>
  inGuest ? startHere(parameters) : start(parameters);

/** The three counts of a summary. */
export function summary({ printed }: Capturing): { received: number; written: number; dropped: number } {
  const [, received, written, dropped] =
    /^(\d+) packets? received, (\d+) written, (\d+) dropped/m.exec(printed.stderr) ?? [];
  return { received: Number(received), written: Number(written), dropped: Number(dropped) };
}
