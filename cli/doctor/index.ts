/** Looks at everything and prints it. */
import { createColors } from 'picocolors';
import { exitStatus, type ExitStatus } from '../status.js';
import { useColor, writeRecord, type OutputOptions } from '../terminal.js';
import type { Finding } from './finding.js';
import { findKernelFeatures } from './kernel.js';
import { findLibraries } from './libraries.js';
import { findPrivileges } from './privileges.js';

/** @returns done where everything that building takes is there. */
export async function doctor(options: OutputOptions): Promise<ExitStatus> {
  const findings = [...(await findLibraries()), ...findKernelFeatures(), ...findPrivileges()].filter(
    (finding) => finding !== undefined,
  );
  if (options.json) findings.forEach((finding) => writeRecord(finding));
  else process.stdout.write(formatFindings(findings, useColor(process.stdout, options.color)));
  const canBuild = findings.every(({ purpose, state }) => purpose !== 'build' || state !== 'missing');
  return canBuild ? exitStatus.done : exitStatus.machineCannot;
}

const headings = { build: 'To build', run: 'To run' } as const;

function formatFindings(findings: readonly Finding[], color: boolean): string {
  const paint = createColors(color);
  const marks = { ok: paint.green('ok     '), warn: paint.yellow('warn   '), missing: paint.red('missing') };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const format = ({ name, state, detail, mend }: Finding) => {
    const line = `  ${marks[state]}  ${name.padEnd(width)}  ${detail}\n`;
    return mend ? `${line}  ${' '.repeat(width + 11)}${paint.cyan('mend:')} ${mend}\n` : line;
  };
  const section = (purpose: Finding['purpose']) =>
    `${paint.bold(headings[purpose])}\n${findings
      .filter((finding) => finding.purpose === purpose)
      .map(format)
      .join('')}`;
  return `${section('build')}\n${section('run')}`;
}
