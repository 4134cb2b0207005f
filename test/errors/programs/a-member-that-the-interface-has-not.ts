import { kprobe } from 'tsbpf';
import type { i32, KernelStruct, PtRegs } from 'tsbpf';

interface task_struct extends KernelStruct {
  pid: i32;
}

@kprobe('wake_up_new_task')
function onWake(_ctx: PtRegs, task: task_struct): number {
  return (task as any).tgid;
//                     ^^^^ TSBPF1340: 'task_struct' is declared without a member 'tgid'\.
}
