/** Which source a program's packets come from. */
import type { LoweringContext } from '../../lower/context.js';
import type { PacketSource } from '../source.js';
import { LinearSource, WholeSource } from './direct.js';
import { SocketSource } from './skb.js';

export { KernelBufferSource } from './kernel-buffer.js';
export { MemorySource } from './memory.js';

/**
 * The packet of the program itself.
 *
 * @returns undefined where programs of this type have none.
 */
export function createSource(context: LoweringContext): PacketSource | undefined {
  switch (context.type.packet) {
    case 'direct':
      return new WholeSource(context);
    case 'linear':
      return new LinearSource(context);
    case 'load':
      return new SocketSource(context);
    default:
      return undefined;
  }
}
