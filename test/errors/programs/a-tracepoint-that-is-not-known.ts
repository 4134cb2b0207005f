import { tracepoint } from 'tsbpf';
import type { Tracepoint } from 'tsbpf';

@tracepoint('sched:no_such_event')
function onEvent(ctx: Tracepoint<'sched:no_such_event'>): number {
  return Number((ctx as any).pid);
//                           ^^^ TSBPF1337: The tracepoint 'sched:no_such_event' is not known\.
}
