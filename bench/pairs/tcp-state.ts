// Follows TCP connections from SYN to RST or FIN, and drops what belongs to none.
import { ETH_P_IP, IPPROTO_TCP, LruHashMap, XDP, xdp } from 'tsbpf';
import type { be16, be32, EthHdr, IpHdr, TcpHdr, u32, XdpContext } from 'tsbpf';

interface Connection {
  client: be32;
  server: be32;
  clientPort: be16;
  serverPort: be16;
}

interface Progress {
  state: u32;
  packets: u32;
}

enum State {
  Opening,
  Open,
  Closing,
}

const connections = new LruHashMap<Connection, Progress>({ maxEntries: 16384 });

@xdp
export function follow(ctx: XdpContext): number {
  if (ctx.packet.at<EthHdr>(0)?.h_proto !== ETH_P_IP) return XDP.PASS;
  const ip = ctx.packet.at<IpHdr>(14);
  if (!ip || ip.protocol !== IPPROTO_TCP || ip.ihl !== 5) return XDP.PASS;
  const tcp = ctx.packet.at<TcpHdr>(34);
  if (!tcp) return XDP.PASS;
  const connection: Connection = {
    client: ip.saddr,
    server: ip.daddr,
    clientPort: tcp.source,
    serverPort: tcp.dest,
  };
  const progress = connections.get(connection);
  if (!progress) {
    if (!tcp.syn) return XDP.DROP;
    connections.set(connection, { state: State.Opening, packets: 1 });
    return XDP.PASS;
  }
  progress.packets += 1;
  if (tcp.rst) {
    connections.delete(connection);
    return XDP.PASS;
  }
  switch (progress.state) {
    case State.Opening:
      if (tcp.ack) progress.state = State.Open;
      return XDP.PASS;
    case State.Open:
      if (tcp.syn) return XDP.DROP;
      if (tcp.fin) progress.state = State.Closing;
      return XDP.PASS;
    default:
      if (tcp.ack) connections.delete(connection);
      return XDP.PASS;
  }
}
