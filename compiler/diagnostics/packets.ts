/** Diagnostics about packets: 1420 to 1439. */
import { error } from './diagnostic.js';

export const headerMoved = error(1420, (what: string) => ({
  message: `This uses an address in the packet that was found before ${what}, which may move the packet.`,
  hint: `Ask for the header again behind ${what}, with ctx.packet.at<Header>(offset), or copy what you need of it before.`,
}));
