import { xdp } from 'tsbpf';

const LETTERS = 'aäoöuü';

export const letter = xdp((ctx) => {
  const i = ctx.packet.byteLength & 3;
  if (LETTERS[i] === 'a') return 1;
  //  ^^^^^^^^^^ TSBPF1450: beyond ASCII
  if (LETTERS.charAt(i) === 'a') return 1;
  //  ^^^^^^^^^^^^^^^^^ TSBPF1450: beyond ASCII
  return LETTERS[1] === 'ä' && LETTERS.length === 6 ? LETTERS.charCodeAt(i) & 1 : 2;
});
