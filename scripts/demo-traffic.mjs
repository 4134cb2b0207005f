// Makes a little traffic on the loopback interface, TCP and UDP over IPv4 and IPv6: demo-traffic.mjs SECONDS
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import process from 'node:process';
import { setInterval, setTimeout } from 'node:timers';

const seconds = Number(process.argv[2] ?? 5);
const pause = 20;

for (const address of ['127.0.0.1', '::1']) {
  exchangeDatagrams(address);
  exchangeStream(address);
}
setTimeout(() => process.exit(0), seconds * 1000);

/** One datagram there and one back, again and again; a machine without IPv6 has its IPv4 alone. */
function exchangeDatagrams(address) {
  const type = address.includes(':') ? 'udp6' : 'udp4';
  const server = createSocket(type, (message, from) => server.send(message, from.port, from.address));
  const client = createSocket(type);
  server.on('error', () => client.close());
  server.bind(0, address, () => {
    setInterval(() => client.send('a datagram', server.address().port, address), pause);
  });
}

function exchangeStream(address) {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.on('error', () => undefined);
  server.listen(0, address, () => {
    const client = connect(server.address().port, address, () => {
      setInterval(() => client.write('a line of a stream\n'), pause);
    });
    client.resume();
  });
}
