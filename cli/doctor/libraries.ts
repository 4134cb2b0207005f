/** Node and the foreign libraries. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Findings } from './finding.js';

export async function findLibraries(): Promise<Findings> {
  return [findNode(), await findLlvm(), await findLibbpf(), await findLibpcap()];
}

function findNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 20 || (major === 20 && minor >= 11);
  return {
    name: 'Node.js',
    purpose: 'build',
    state: fits ? 'ok' : 'missing',
    detail: fits ? `${process.versions.node} at ${process.execPath}` : `${process.versions.node} is too old`,
    ...(fits ? {} : { mend: 'install Node.js 20.11 or later' }),
  };
}

async function findLlvm(): Promise<Finding> {
  const { backendPackage, findBackend } = await import('../../compiler/backend/index.js');
  const backend = findBackend();
  const setting = process.env['TSBPF_LLVM'];
  const common = { name: 'LLVM', purpose: 'build' } as const;
  if (!backend) {
    const detail = setting
      ? `TSBPF_LLVM=${setting} names no LLVM that can be used`
      : 'no libLLVM 15 to 22, and no clang';
    const mend = `apt-get install ${backendPackage}`;
    return { ...common, state: 'missing', detail, mend: setting ? `unset TSBPF_LLVM, or ${mend}` : mend };
  }
  const what = backend.kind === 'clang' ? 'clang' : 'library';
  return { ...common, state: 'ok', detail: `${backend.version}, ${what} ${loadedFile(backend.path)}` };
}

async function findLibbpf(): Promise<Finding> {
  const common = { name: 'libbpf', purpose: 'run' } as const;
  try {
    const { libbpf } = await import('../../runtime/native/libbpf.js');
    const version = libbpf.declare<() => string>('const char *libbpf_version_string()')();
    return { ...common, state: 'ok', detail: `${version.replace(/^v/, '')}, library ${loadedFile('libbpf.so.1')}` };
  } catch {
    return { ...common, state: 'missing', detail: 'no libbpf.so.1', mend: 'apt-get install libbpf1' };
  }
}

async function findLibpcap(): Promise<Finding> {
  const { libpcap, libpcapPackage } = await import('../../runtime/native/libpcap.js');
  const common = { name: 'libpcap', purpose: 'run' } as const;
  if (!libpcap.has('pcap_compile')) {
    const detail = 'no libpcap: tcpdump expressions cannot be compiled';
    return { ...common, state: 'warn', detail, mend: `apt-get install ${libpcapPackage}` };
  }
  const version = libpcap.declare<() => string>('const char *pcap_lib_version()')();
  const number = /\d+(?:\.\d+)+/.exec(version)?.[0] ?? version;
  return { ...common, state: 'ok', detail: `${number}, library ${loadedFile('libpcap.so.0.8')}` };
}

/** The whole path of a library that was opened by its name. */
function loadedFile(library: string): string {
  if (library.includes('/')) return library;
  const stem = library.replace(/\.so.*$/, '.so');
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  const file = maps.map((line) => line.slice(line.indexOf('/'))).find((name) => path.basename(name).startsWith(stem));
  return file ?? library;
}
