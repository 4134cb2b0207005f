// Where the C twins find the headers of the kernel.
import { readdirSync } from 'node:fs';

/** Where Debian keeps the headers of the machine's own architecture, which `-target bpf` does not look into. */
export function userHeaders() {
  return readdirSync('/usr/include')
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => `-I/usr/include/${name}`);
}
