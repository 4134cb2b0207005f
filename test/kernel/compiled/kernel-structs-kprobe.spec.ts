/** Structs of the kernel as arguments of its functions. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attach } from '../../../runtime/attach/attach.js';
import { describeKernel } from '../../support/kernel.js';
import { runModule, type Exports } from '../support/module.js';

const TEXT = `
interface sock extends KernelStruct { sk_protocol: u16; __sk_common: sock_common }
/** The addresses stand in structs without a name, inside unions without one. */
interface sock_common extends KernelStruct { skc_dport: be16; skc_num: u16; skc_family: u16; skc_rcv_saddr: be32; skc_daddr: be32 }
interface dentry extends KernelStruct { d_parent: Pointer<dentry>; d_name: qstr; d_inode: Pointer<inode> | undefined }
interface qstr extends KernelStruct { name: Pointer<u8>; len: u32 }
interface inode extends KernelStruct { i_ino: u64; i_uid: { val: u32 }; i_size: i64 }
interface file extends KernelStruct { f_path: { dentry: Pointer<dentry> }; f_pos: i64 }

interface Connection { family: u16; protocol: u16; port: u16; local: u32; remote: u32; number: u16 }
interface Removal { name: CharArray<32>; parent: CharArray<32>; length: u32; size: i64; inode: u64 }
const connections = new RingBuffer<Connection>({ size: 65536 });
const removals = new RingBuffer<Removal>({ size: 65536 });
const watched = shared<{ process: u32 }>({ process: 0 });

const isWatched = () => Number(bpf.getCurrentPidTgid() >> 32n) === watched.process;

/** int tcp_connect(struct sock *sk) */
@kprobe('tcp_connect')
function onConnect(_ctx: PtRegs, sk: sock) {
  if (!isWatched()) return;
  const common = sk.__sk_common;
  connections.push({
    family: common.skc_family,
    // A bit field before Linux 5.6, 16 bits since.
    protocol: sk.sk_protocol,
    port: common.skc_dport,
    number: common.skc_num,
    local: common.skc_rcv_saddr,
    remote: common.skc_daddr,
  });
}

/** int security_inode_unlink(struct inode *dir, struct dentry *dentry) */
@kprobe('security_inode_unlink')
function onUnlink(_ctx: PtRegs, _directory: inode, entry: dentry) {
  if (!isWatched()) return;
  const { d_name, d_parent, d_inode } = entry;
  removals.push({
    name: bpf.probeReadKernelStr<32>(d_name.name),
    parent: bpf.probeReadKernelStr<32>(d_parent.d_name.name),
    length: d_name.len,
    size: d_inode?.i_size ?? -1n,
    inode: d_inode === undefined ? 0n : d_inode.i_ino,
  });
}

/** struct file *do_filp_open(int dfd, struct filename *pathname, const struct open_flags *op) */
const opened = new RingBuffer<Removal>({ size: 65536 });
@kretprobe('do_filp_open')
function onOpened(_ctx: PtRegs, result: file) {
  if (!isWatched()) return;
  const { dentry } = result.f_path;
  opened.push({
    name: bpf.probeReadKernelStr<32>(dentry.d_name.name),
    parent: bpf.probeReadKernelStr<32>(dentry.d_parent.d_name.name),
    length: dentry.d_name.len,
    size: dentry.d_inode!.i_size,
    inode: dentry.d_inode!.i_ino,
  });
}
export { onConnect, onUnlink, onOpened, connections, removals, opened, watched };
`;

describeKernel('kernel structs as arguments', { needs: ['kprobes', 'btf'] }, () => {
  let module: Exports;
  let folder: string;

  beforeAll(async () => {
    module = await runModule(TEXT);
    module.watched.process = process.pid;
    folder = mkdtempSync(path.join(tmpdir(), 'tsbpf-structs-'));
  });
  afterAll(() => {
    for (const name of ['onConnect', 'onUnlink', 'onOpened', 'connections', 'removals', 'opened'])
      module?.[name].close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tell of a connection', async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    using link = attach(module.onConnect);
    const client = connect(port, '127.0.0.1');
    await once(client, 'connect');
    const { localPort: number } = client;
    client.destroy();
    server.close();
    link.close();
    // AF_INET, IPPROTO_TCP.
    const loopback = { family: 2, protocol: 6, local: 0x7f000001, remote: 0x7f000001 };
    expect(module.connections.read({ batch: true })).toEqual([{ ...loopback, port, number }]);
  });

  it('tell of a file that is opened, and of one that is removed', () => {
    const file = path.join(folder, 'a-name.txt');
    using returns = attach(module.onOpened);
    writeFileSync(file, 'twelve bytes');
    returns.close();
    using link = attach(module.onUnlink);
    unlinkSync(file);
    link.close();
    const [removal] = module.removals.read({ batch: true });
    expect(removal).toMatchObject({ name: 'a-name.txt', parent: path.basename(folder), length: 10, size: 12n });
    const found = module.opened.read({ batch: true }).find(({ name }: { name: string }) => name === 'a-name.txt');
    expect(found).toEqual({ ...removal, size: 0n });
  });
});
