import type { u32 } from 'tsbpf';

export const THRESHOLD: u32 = Number(process.env.THRESHOLD);
