/** Counts the commands that each user executes, and offers the counts over HTTP: what clients may see and change is stated once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { attach, bpf, FilteredMap, HashMap, PermissionError, tracepoint, u32 } from 'tsbpf';
import type { CharArray, Tracepoint, u64 } from 'tsbpf';

interface Activity {
  executed: u64;
  /** 0 is none. */
  limit: u64;
  /** How many commands were executed beyond the limit. */
  beyond: u64;
  /** What was executed last. */
  path: CharArray<128>;
}

const users = new HashMap<u32, Activity>({ maxEntries: 1024 });

/** What clients get: the path is not for them, the limit they may set, and only of users that are there. */
const forClients = new FilteredMap(users, { executed: 'r', limit: 'rw', beyond: 'r', path: '-' });

@tracepoint('syscalls:sys_enter_execve')
function onExecute(ctx: Tracepoint<'syscalls:sys_enter_execve'>) {
  const user = users.getOrInsert(u32(bpf.getCurrentUidGid()), { executed: 0n, limit: 0n, beyond: 0n, path: '' });
  user.executed += 1n;
  if (user.limit > 0n && user.executed > user.limit) user.beyond += 1n;
  user.path = bpf.probeReadUserStr<128>(ctx.filename);
}

const usage = `usage: tsbpf run user-activity.ts [--port PORT] [--duration SECONDS]
Counts the commands that users execute, for so long or until Ctrl-C. Clients of port 8080 of this machine, or another,
  read the counts:        curl localhost:8080
  and set a user's limit: curl -X PUT -d '{"limit": 100}' localhost:8080/1000`;

function readOptions() {
  try {
    const option = { type: 'string' } as const;
    const { values } = parseArgs({ options: { port: option, duration: option, help: { type: 'boolean' } } });
    const [port, seconds] = [Number(values.port ?? 8080), Number(values.duration ?? 1e6)];
    if (!(port >= 0 && port < 65536)) throw new Error(`--port is a number up to 65535, not '${values.port}'.`);
    if (!(seconds > 0)) throw new Error(`--duration is a number of seconds, not '${values.duration}'.`);
    return { port, seconds, help: values.help };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const { port, seconds, help } = readOptions();
if (help) {
  console.log(usage);
  process.exit();
}

/** Counts as bigints, which JSON has not. */
function parseActivity(body: string): Activity {
  return JSON.parse(body, (_, value) => (typeof value === 'number' ? BigInt(value) : value)) as Activity;
}

const server = createServer((request, response) => {
  const answer = (status: number, content: object) => response.writeHead(status).end(`${JSON.stringify(content)}\n`);
  const put = async () => {
    forClients.set(Number(request.url?.slice(1)), parseActivity(await text(request)));
    answer(200, {});
  };
  if (request.method === 'GET') answer(200, Object.fromEntries(forClients));
  else if (request.method === 'PUT')
    put().catch((error: Error) => answer(error instanceof PermissionError ? 403 : 400, { error: error.message }));
  else answer(405, { error: 'GET and PUT are what there is.' });
});

using link = attach(onExecute);
process.once('SIGINT', () => server.close());
setTimeout(() => server.close(), Math.min(seconds * 1000, 2 ** 31 - 1)).unref();
server.listen(port, '127.0.0.1', () => {
  console.log(`Answering at http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
await once(server, 'close').catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
