import { expect, test } from 'vitest';
import { folderWith, lengthFilter, tsbpf, wrongFilter } from './command-line.js';

test('everything after FILE is for the file, options too', () => {
  const cwd = folderWith({ 'a.ts': `${lengthFilter}\nconsole.log(JSON.stringify(process.argv.slice(2)));\n` });
  const { status, stdout, stderr } = tsbpf(['run', 'a.ts', 'one', '--help', '-o', '--', 'two words'], { cwd });
  expect(stderr).toBe('');
  expect({ status, said: JSON.parse(stdout) }).toEqual({ status: 0, said: ['one', '--help', '-o', '--', 'two words'] });
});

test('the status is the one that the file sets, however late', () => {
  const late = 'setTimeout(() => { process.exitCode = 7; }, 50);';
  const cwd = folderWith({ 'a.ts': `${lengthFilter}\n${late}\n` });
  expect(tsbpf(['run', 'a.ts'], { cwd }).status).toBe(7);
});

test('what the compiler refuses is not run', () => {
  const cwd = folderWith({ 'a.ts': `${wrongFilter}\nconsole.log('ran');\n` });
  const { status, stdout, stderr } = tsbpf(['run', 'a.ts'], { cwd });
  expect(stderr).toMatch(/a\.ts:6:\d+ - error/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

test('a missing file is named, with those that are near', () => {
  const cwd = folderWith({ 'filter.ts': lengthFilter });
  const { status, stderr } = tsbpf(['run', 'filtre.ts'], { cwd });
  expect(stderr).toBe('error TSBPF3001: cannot find filtre.ts\n  hint: Did you mean filter.ts?\n');
  expect(status).toBe(1);
});

test('an error of the runtime that nobody catches is a message with its place, not a stack', () => {
  const install = `import { IngressFilter } from 'tsbpf';
import type { SkBuff } from 'tsbpf';

const drop = new IngressFilter((skb: SkBuff) => 1);
drop.install('nowhere0');
`;
  const cwd = folderWith({ 'a.ts': install });
  const { status, stderr } = tsbpf(['run', 'a.ts'], { cwd });
  expect(stderr).toMatch(/^a\.ts:5:\d+ - error ENODEV: .*'nowhere0'/);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(status).toBe(1);
});

test('the place is found below many functions of the runtime too', () => {
  const cwd = folderWith({
    'a.ts': `import { attach, rawTracepoint } from 'tsbpf';\nconst onSwitch = rawTracepoint('sched_switch', () => 0);\nattach(onSwitch);\n`,
  });
  const under = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
  const { status, stderr } = tsbpf(['run', 'a.ts'], { cwd, under });
  expect(stderr).toMatch(/^a\.ts:3:1 - error EPERM: Cannot load program 'onSwitch'/);
  expect(status).toBe(3);
});

test('other errors that nobody catches are shown as Node shows them', () => {
  const cwd = folderWith({
    'a.ts': `${lengthFilter}\nfunction fail() {\n  throw new RangeError('of the user');\n}\nfail();\n`,
  });
  const { status, stderr } = tsbpf(['run', 'a.ts'], { cwd });
  expect(stderr).toMatch(/RangeError: of the user\n +at fail \(.*a\.ts:10:9\)/);
  expect(status).toBe(1);
});

test('a function of both halves keeps the low bits, in another file and from the cache too', () => {
  const cwd = folderWith({
    'lib.ts':
      "import type { u8 } from 'tsbpf';\nexport const low = (x: number): u8 => x;\nexport const own = (x: u8): u8 => x;\n",
    'app.ts': `import { socketFilter } from 'tsbpf';
      import type { SkBuff } from 'tsbpf';
      import { low, own } from './lib.js';
      @socketFilter function keep(skb: SkBuff): number { return low(skb.len); }
      console.log(low(300), own(300));`,
  });
  for (let round = 0; round < 2; round++) {
    expect(tsbpf(['run', 'app.ts'], { cwd })).toEqual({ status: 0, stdout: '44 300\n', stderr: '' });
  }
});
