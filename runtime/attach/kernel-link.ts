/**
 * Links of the kernel that are held by a descriptor: XDP (Linux 5.9) and tcx (6.6). Closing the descriptor detaches,
 * unless the link was pinned.
 */
import { check, systemError } from '../errors.js';
import { Link } from '../link.js';
import { pinHint, removePin } from '../maps/pin.js';
import { linkUpdate } from '../native/attach.js';
import { closeDescriptor } from '../native/libc.js';
import { objectPin } from '../native/libbpf.js';
import { requireProgram, type ProgramReference } from './handle.js';

/** An attached program that can be exchanged, and left behind by a pin. */
export class KernelLink extends Link {
  readonly #fd: number;

  /** @param fd the link's descriptor, which this object owns from now on. */
  constructor(target: string, fd: number) {
    super(target, () => closeDescriptor(fd));
    this.#fd = fd;
  }

  /**
   * Puts another program in the place of the attached one, without a packet in between that neither sees.
   *
   * @param reference a program of the same type.
   * @throws TsbpfError: EINVAL for a program of another type.
   */
  replace(reference: ProgramReference): this {
    const program = requireProgram(reference, 'replace()');
    const result = linkUpdate(this.#fd, program.fd);
    if (result < 0) throw systemError(-result, 'replace the program at', this.target);
    return this;
  }

  /**
   * Keeps it attached when the link is closed and the process ends, until the pin is removed (`unpin`, `rm`).
   *
   * @param path on a BPF file system: `'/sys/fs/bpf/count'`.
   * @throws TsbpfError: EEXIST where the path is taken, EPERM or EINVAL outside a BPF file system.
   */
  pin(path: string): this {
    check(objectPin(this.#fd, path), 'pin link at', path, pinHint(path)?.replace('Maps', 'Links'));
    return this;
  }

  /**
   * Removes a pin; what is attached goes with the last of its pins and of its links.
   *
   * @throws TsbpfError: ENOENT where there is none.
   */
  unpin(path: string): this {
    removePin(path);
    return this;
  }
}
