import { xdp } from 'tsbpf';

@xdp
// ERROR: 3:1 TSBPF1101 '@xdp' stands on a class, which can
class Drop {
  static limit = 64;
}
