/**
 * What the runtime throws: one clear sentence that names the operation and its subject, and the way out.
 *
 * Codes are the names of errno values (`ENOENT`) where the kernel or libbpf refused, and `TSBPF2001` to `TSBPF2999`
 * where the runtime itself did.
 */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { TsbpfError, type ErrorDetails } from '../compiler/tsbpf-error.js';

export { TsbpfError };
export type { ErrorDetails };

/** The process lacks a privilege (EPERM, EACCES). */
export class PermissionError extends TsbpfError {}

export interface UnsupportedFeatureDetails extends Partial<ErrorDetails> {
  /** What was asked for: `'ring buffer'`. */
  readonly feature: string;
  /** What it takes: `'Linux 5.8'`. */
  readonly needs: string;
}

/** This kernel, or libbpf, lacks a feature; kernel tests skip themselves on exactly this error. */
export class UnsupportedFeatureError extends TsbpfError {
  readonly feature: string;
  readonly needs: string;

  constructor(details: UnsupportedFeatureDetails) {
    super(`This machine has no support for ${details.feature}; it needs ${details.needs}.`, {
      ...details,
      code: details.code ?? 'ENOTSUP',
    });
    this.feature = details.feature;
    this.needs = details.needs;
  }
}

export interface VerifierErrorDetails extends ErrorDetails {
  readonly program: string;
  /** The line of the log that says what is wrong. */
  readonly summary: string;
  /** The verifier's whole log. */
  readonly log: string;
  /** `file:line[:column]` of the TypeScript that the refused instruction came from. */
  readonly sourceLine?: string | undefined;
  /** The text of that line, where the object carries it. */
  readonly sourceText?: string | undefined;
  /** What the verifier's words mean, for those we know; `hint` says what to change. */
  readonly explanation?: string | undefined;
}

/** The kernel's verifier refused a program. Leads with the useful line of its log. */
export class VerifierError extends TsbpfError {
  readonly program: string;
  readonly summary: string;
  readonly log: string;
  readonly sourceLine: string | undefined;
  readonly sourceText: string | undefined;
  readonly explanation: string | undefined;

  constructor(details: VerifierErrorDetails) {
    const place = details.sourceLine ? `${details.sourceLine}: ` : '';
    const text = details.sourceText ? `\n    ${details.sourceText.trim()}\n` : ' ';
    const words = details.summary.endsWith('.') ? details.summary : `${details.summary}.`;
    super(
      `${place}the kernel's verifier refused program '${details.program}': ${words}${text}${details.explanation ?? ''}`.trimEnd(),
      details,
    );
    this.explanation = details.explanation;
    this.program = details.program;
    this.summary = details.summary;
    this.log = details.log;
    this.sourceLine = details.sourceLine;
    this.sourceText = details.sourceText;
  }
}

/** The kernel's own ENOTSUPP, which is no errno of user space and which no C library names. */
const KERNEL_ENOTSUPP = 524;

/** libbpf's own numbers (enum libbpf_errno in libbpf.h). */
const LIBBPF_ERRORS: Readonly<Record<number, readonly [string, string]>> = {
  4000: ['LIBELF', 'libelf refused the object'],
  4001: ['FORMAT', 'not a valid BPF object'],
  4002: ['KVERSION', 'incorrect or missing version section'],
  4003: ['ENDIAN', 'the object is for the other byte order'],
  4004: ['INTERNAL', 'internal error in libbpf'],
  4005: ['RELOC', 'a relocation failed'],
  4006: ['LOAD', 'the program could not be loaded'],
  4007: ['VERIFY', "the kernel's verifier refused the program"],
  4008: ['PROG2BIG', 'the program is too big'],
  4009: ['KVER', 'incorrect kernel version'],
  4010: ['PROGTYPE', 'this kernel does not know the program type'],
  4011: ['WRNGPID', 'wrong pid in a netlink message'],
  4012: ['INVSEQ', 'invalid netlink sequence'],
  4013: ['NLPARSE', 'netlink message could not be parsed'],
};

/**
 * The name of an errno value: `'ENOENT'` for 2.
 *
 * @param errno positive, as errno(3) or libbpf count it.
 */
export function errnoName(errno: number): string {
  if (errno === KERNEL_ENOTSUPP) return 'ENOTSUPP';
  // The manual pages of all calls that tsbpf makes have this name, not EWOULDBLOCK.
  if (errno === constants.errno.EAGAIN) return 'EAGAIN';
  const libbpf = LIBBPF_ERRORS[errno];
  if (libbpf) return `LIBBPF_ERRNO__${libbpf[0]}`;
  // Of names that share a number the later, as EOPNOTSUPP.
  const named = Object.entries(constants.errno).findLast(([, number]) => number === errno);
  return named?.[0] ?? getSystemErrorMap().get(-errno)?.[0] ?? `errno ${errno}`;
}

/** The words for an errno value: `'no such file or directory'` for 2. */
export function errnoText(errno: number): string {
  if (errno === KERNEL_ENOTSUPP) return 'operation not supported by this kernel';
  return LIBBPF_ERRORS[errno]?.[1] ?? getSystemErrorMap().get(-errno)?.[1] ?? 'unknown error';
}

export const PRIVILEGE_HINT =
  'Run as root (sudo), or give the node binary CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN (before Linux 5.8: CAP_SYS_ADMIN).';

/**
 * The error for an errno value: PermissionError where a privilege lacks, else TsbpfError.
 *
 * @param errno positive.
 * @param operation what was being done, as an infinitive: `'create map'`.
 * @param subject what it was done to.
 * @param hint the way out, where the caller knows a better one than the general one.
 */
export function systemError(errno: number, operation: string, subject: string, hint?: string): TsbpfError {
  const code = errnoName(errno);
  const sentence = `Cannot ${operation} '${subject}': ${errnoText(errno)} (${code}).`;
  if (code === 'EPERM' || code === 'EACCES') {
    return new PermissionError(sentence, { code, operation, subject, hint: hint ?? privilegeHint(code) });
  }
  return new TsbpfError(sentence, { code, operation, subject, hint });
}

function privilegeHint(code: string): string {
  if (process.geteuid?.() !== 0) return PRIVILEGE_HINT;
  return code === 'EPERM'
    ? 'Root alone does not suffice here: a container, lockdown or a security module withholds the capability.'
    : 'The object does not permit this access, or a security module forbids it.';
}

/**
 * Passes a result of libbpf on, or throws what it means.
 *
 * @param result negative is -errno, as libbpf 1 returns it.
 */
export function check(result: number, operation: string, subject: string, hint?: string): number {
  if (result < 0) throw systemError(-result, operation, subject, hint);
  return result;
}
