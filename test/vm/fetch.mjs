/** Downloads the kernels that are not in the cache; one that can't be had is left to the tests to report. */
import { kernel, kernels } from './kernels.mjs';

const log = (line) => process.stderr.write(`${line}\n`);
for (const version of kernels) {
  try {
    kernel(version, log);
  } catch (error) {
    log(`kernel ${version}: ${error.message}`);
  }
}
