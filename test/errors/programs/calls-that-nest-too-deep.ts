import { bpf, socketFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

@socketFilter
function nine(skb: SkBuff): number {
  //     ^^^^ TSBPF1614: nine → .* are 9 frames deep, and the kernel has 8
  let total = 0;
  bpf.loop(2, () => {
    bpf.loop(2, () => {
      bpf.loop(2, () => {
        bpf.loop(2, () => {
          bpf.loop(2, () => {
            bpf.loop(2, () => {
              bpf.loop(2, () => {
                bpf.loop(2, () => {
                  total += 1;
                });
              });
            });
          });
        });
      });
    });
  });
  return total > skb.len ? 1 : 0;
}

@socketFilter
function eight(skb: SkBuff): number {
  let total = 0;
  bpf.loop(2, () => {
    bpf.loop(2, () => {
      bpf.loop(2, () => {
        bpf.loop(2, () => {
          bpf.loop(2, () => {
            bpf.loop(2, () => {
              bpf.loop(2, () => {
                total += 1;
              });
            });
          });
        });
      });
    });
  });
  return total > skb.len ? 1 : 0;
}
