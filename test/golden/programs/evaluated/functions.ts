import { SocketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const LENGTHS = [60, 1500];

function scale(value: number, { factor, offset }: { factor: number; offset: number }): number {
  return value * factor + offset;
}

const any = (items: number[], test: (item: number) => boolean): boolean => {
  for (const item of items) if (test(item)) return true;
  return false;
};

const isMode = (mode: string, length: number) => (mode === 'long' ? length > 1000 : length < 100);

const match = (skb: SkBuff) => {
  const length = scale(skb.len, { factor: 2, offset: 1 });
  if (isMode('long', length) || isMode('short', length) || isMode('long', skb.mark)) return 1;
  return any(LENGTHS, (item) => item === length) ? 0xffff : 0;
};

const filter = new SocketFilter(match, { defaultResult: 1 });
