// Drops every packet.
import { XDP, xdp } from 'tsbpf';

export const drop = xdp(() => XDP.DROP);
