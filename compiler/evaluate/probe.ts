/** Tries the loading of a package in a thread of its own, which can be stopped, before the compiler loads it itself. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

const memoryLimit = 1024;

/** The package is imported as its importing file would. */
const script = `
const { parentPort, workerData } = require('node:worker_threads');
const vm = require('node:vm');
const loader = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const url = require('node:url').pathToFileURL(workerData.resolved).href;
const load = () => loader === undefined
  ? import(url)
  : new vm.Script('import(' + JSON.stringify(workerData.specifier) + ')', { filename: workerData.file, importModuleDynamically: loader }).runInThisContext();
process.removeAllListeners('warning');
process.on('warning', () => undefined);
load().then(() => parentPort.postMessage('loaded'), () => parentPort.postMessage('failed'));
`;

/**
 * @param limit in milliseconds.
 * @returns why the compiler must not load it; undefined where it may, though it may still fail to load.
 */
export function probePackage(specifier: string, file: string, limit: number): Promise<string | undefined> {
  const absolute = path.resolve(file);
  let resolved = absolute;
  try {
    resolved = createRequire(absolute).resolve(specifier);
  } catch {
    // Packages for `import` alone: the loader of Node finds them.
  }
  return new Promise((resolve) => {
    const worker = new Worker(script, {
      eval: true,
      workerData: { specifier, file: absolute, resolved },
      ...{ stdin: true, stdout: true, stderr: true, execArgv: [] },
      resourceLimits: { maxOldGenerationSizeMb: memoryLimit },
    });
    const settle = (reason: string | undefined): void => {
      clearTimeout(timer);
      worker.removeAllListeners('exit');
      resolve(reason);
      void worker.terminate();
    };
    const timer = setTimeout(() => settle(`loading it takes more than ${limit / 1000} seconds`), limit);
    worker.on('message', () => settle(undefined));
    worker.on('error', ({ code }: Error & { code?: string }) =>
      settle(
        code === 'ERR_WORKER_OUT_OF_MEMORY' ? `loading it takes more than ${memoryLimit} MB of memory` : undefined,
      ),
    );
    worker.on('exit', () => settle('it ends the process, or never comes to an end of its loading'));
  });
}
