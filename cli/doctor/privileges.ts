/** What this process may do, and what the kernel forbids to all. */
import { readFileSync } from 'node:fs';
import type { Finding, Findings } from './finding.js';
import { readSetting } from './kernel.js';

export function findPrivileges(): Findings {
  return [capabilities(), unprivileged(), lockdown()];
}

/** Bit numbers of capabilities(7). */
const bits = { CAP_NET_ADMIN: 12n, CAP_NET_RAW: 13n, CAP_SYS_ADMIN: 21n, CAP_PERFMON: 38n, CAP_BPF: 39n } as const;

type Capability = keyof typeof bits;

/** CAP_SYS_ADMIN stands for the other two (and did before Linux 5.8, which knew no CAP_BPF). */
const needs: readonly { readonly anyOf: readonly Capability[]; readonly purpose: string }[] = [
  { anyOf: ['CAP_BPF', 'CAP_SYS_ADMIN'], purpose: 'load programs and make maps' },
  { anyOf: ['CAP_PERFMON', 'CAP_SYS_ADMIN'], purpose: 'trace' },
  { anyOf: ['CAP_NET_ADMIN'], purpose: 'attach to network interfaces' },
  { anyOf: ['CAP_NET_RAW'], purpose: 'open raw sockets' },
];

function capabilities(): Finding {
  const common = { name: 'privileges', purpose: 'run' } as const;
  const held = effectiveCapabilities();
  const has = (capability: Capability) => ((held >> bits[capability]) & 1n) === 1n;
  const lacking = needs.filter(({ anyOf }) => !anyOf.some(has));
  const who = process.geteuid?.() === 0 ? 'root' : 'not root';
  if (lacking.length === 0) return { ...common, state: 'ok', detail: `${who}, with all capabilities that BPF takes` };
  const names = lacking.map(({ anyOf, purpose }) => `${anyOf[0]} (to ${purpose})`).join(', ');
  const granted = lacking.map(({ anyOf }) => anyOf[0]!.toLowerCase()).join(',');
  return {
    ...common,
    state: lacking.length === needs.length ? 'missing' : 'warn',
    detail: `${who}, without ${names}`,
    mend:
      who === 'root'
        ? 'give the container these capabilities'
        : `run with sudo, or once: sudo setcap ${granted}+ep ${process.execPath}`,
  };
}

function effectiveCapabilities(): bigint {
  const line = /^CapEff:\s*([\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return line ? BigInt(`0x${line[1]}`) : 0n;
}

function unprivileged(): Finding | undefined {
  const value = readSetting('/proc/sys/kernel/unprivileged_bpf_disabled');
  if (value === undefined) return undefined;
  const meanings: Readonly<Record<string, string>> = {
    '0': '0: every user may load socket filters',
    '1': '1: privileged users alone may load programs, until the next boot',
    '2': '2: privileged users alone may load programs',
  };
  return { name: 'unprivileged_bpf_disabled', purpose: 'run', state: 'ok', detail: meanings[value] ?? value };
}

/** kernel_lockdown(7); where securityfs is not mounted, nothing can be said. */
function lockdown(): Finding | undefined {
  const value = readSetting('/sys/kernel/security/lockdown');
  const mode = value && /\[(\w+)\]/.exec(value)?.[1];
  if (!mode) return undefined;
  const common = { name: 'lockdown', purpose: 'run' } as const;
  if (mode !== 'confidentiality') return { ...common, state: 'ok', detail: mode };
  const detail = 'confidentiality: programs may not read kernel memory';
  return { ...common, state: 'warn', detail, mend: 'boot without `lockdown=confidentiality`' };
}
