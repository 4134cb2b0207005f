/** The thread that compiles for the editor, one file after another. It assembles nothing, so LLVM is not loaded. */
import { workerData, type MessagePort } from 'node:worker_threads';
import { enableCompileCache } from '../compiler/open/compile-cache.js';
import type { Diagnostic } from '../compiler/index.js';
import type { Answer, Finding, Job, Start } from './messages.js';

const { port, answered } = workerData as Start & { readonly port: MessagePort };
const count = new Int32Array(answered);
const categories = ['warning', 'error', 'suggestion', 'message'] as const;

enableCompileCache();
const { compile, memoryHost } = await import('../compiler/index.js');
port.on('message', (job: Job) => void answer(job));

async function answer({ id, entry, texts, directory, options }: Job): Promise<void> {
  const { diagnostics, files } = await compile(entry, options, memoryHost(texts, directory));
  port.postMessage({ id, diagnostics: diagnostics.flatMap(toFinding), files } satisfies Answer);
  Atomics.add(count, 0, 1);
  Atomics.notify(count, 0);
}

/** TypeScript's own are left to the editor, and so is what has no place. */
function toFinding(diagnostic: Diagnostic): Finding[] {
  const { source, file, start, length, code, category, messageText, hint } = diagnostic;
  if (source !== 'tsbpf' || !file || start === undefined) return [];
  const message = typeof messageText === 'string' ? messageText : messageText.messageText;
  const place = { file: file.fileName, start, length: length ?? 1 };
  return [{ ...place, code, category: categories[category], message, ...(hint ? { hint } : {}) }];
}
