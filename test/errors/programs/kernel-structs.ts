import { bpf, HashMap, kprobe, uprobe } from 'tsbpf';
import type { i32, KernelStruct, Pointer, PtRegs, u32 } from 'tsbpf';

interface task_struct extends KernelStruct {
  pid: i32;
  real_parent: Pointer<task_struct>;
  itself: task_struct;
  text: string;
}

const tasks = new HashMap<u32, task_struct>({ maxEntries: 16 });
//            ^ TSBPF1600: memory of the kernel

@kprobe('wake_up_new_task')
function onWake(_ctx: PtRegs, task: task_struct): number {
  task.pid = 5;
  // ERROR: 16:3 TSBPF1323 Memory of the kernel
  task.real_parent.pid += 1;
  // ERROR: 18:3 TSBPF1323 Memory of the kernel
  if (task.itself.pid > 0) return 1;
  //       ^^^^^^ TSBPF1325: contains itself
  if (task.text === 'a') return 2;
  //       ^^^^ TSBPF1325: a string needs a length
  if (bpf.fieldExists(5)) return 3;
  //                  ^ TSBPF1341: asks about a member
  if (bpf.typeExists()) return 4;
  //  ^^^^^^^^^^^^^^^^ TSBPF1342: the kernel struct that is meant
  return 0;
}

@kprobe('sys_close')
function onClose(_ctx: PtRegs, task: task_struct): number {
  //                           ^^^^^^^^^^^^^^^^^ TSBPF1335: memory of user space
  return task.pid;
}

@uprobe('/bin/true', 'main')
function onMain(_ctx: PtRegs, task: task_struct): number {
  //                          ^^^^^^^^^^^^^^^^^ TSBPF1335: user space
  return task.pid;
}
