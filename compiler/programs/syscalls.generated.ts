// Made by scripts/generate/syscalls.mjs from the tracefs of an x86_64 kernel.
/** A line for each system call: its name, then its arguments with their types. */
export const rows = `accept fd:i32 upeer_sockaddr:pointer upeer_addrlen:pointer
accept4 fd:i32 upeer_sockaddr:pointer upeer_addrlen:pointer flags:i32
access filename:string mode:i32
acct name:string
add_key _type:string _description:string _payload:pointer plen:u64 ringid:i32
adjtimex txc_p:pointer
alarm seconds:u32
arch_prctl option:i32 arg2:u64
bind fd:i32 umyaddr:pointer addrlen:i32
bpf cmd:i32 uattr:pointer size:u32
brk brk:u64
cachestat fd:u32 cstat_range:pointer cstat:pointer flags:u32
capget header:u64 dataptr:u64
capset header:u64 data:u64
chdir filename:string
chmod filename:string mode:u16
chown filename:string user:u32 group:u32
chroot filename:string
clock_adjtime which_clock:i32 utx:pointer
clock_getres which_clock:i32 tp:pointer
clock_gettime which_clock:i32 tp:pointer
clock_nanosleep which_clock:i32 flags:i32 rqtp:pointer rmtp:pointer
clock_settime which_clock:i32 tp:pointer
clone clone_flags:u64 newsp:u64 parent_tidptr:pointer child_tidptr:pointer tls:u64
clone3 uargs:pointer size:u64
close fd:u32
close_range fd:u32 max_fd:u32 flags:u32
connect fd:i32 uservaddr:pointer addrlen:i32
copy_file_range fd_in:i32 off_in:pointer fd_out:i32 off_out:pointer len:u64 flags:u32
creat pathname:string mode:u16
dup fildes:u32
dup2 oldfd:u32 newfd:u32
dup3 oldfd:u32 newfd:u32 flags:i32
epoll_create size:i32
epoll_create1 flags:i32
epoll_ctl epfd:i32 op:i32 fd:i32 event:pointer
epoll_pwait epfd:i32 events:pointer maxevents:i32 timeout:i32 sigmask:pointer sigsetsize:u64
epoll_pwait2 epfd:i32 events:pointer maxevents:i32 timeout:pointer sigmask:pointer sigsetsize:u64
epoll_wait epfd:i32 events:pointer maxevents:i32 timeout:i32
eventfd count:u32
eventfd2 count:u32 flags:i32
execve filename:string argv:pointer envp:pointer
execveat fd:i32 filename:string argv:pointer envp:pointer flags:i32
exit error_code:i32
exit_group error_code:i32
faccessat dfd:i32 filename:string mode:i32
faccessat2 dfd:i32 filename:string mode:i32 flags:i32
fadvise64 fd:i32 offset:i64 len:u64 advice:i32
fallocate fd:i32 mode:i32 offset:i64 len:i64
fanotify_init flags:u32 event_f_flags:u32
fanotify_mark fanotify_fd:i32 flags:u32 mask:u64 dfd:i32 pathname:string
fchdir fd:u32
fchmod fd:u32 mode:u16
fchmodat dfd:i32 filename:string mode:u16
fchmodat2 dfd:i32 filename:string mode:u16 flags:u32
fchown fd:u32 user:u32 group:u32
fchownat dfd:i32 filename:string user:u32 group:u32 flag:i32
fcntl fd:u32 cmd:u32 arg:u64
fdatasync fd:u32
fgetxattr fd:i32 name:string value:pointer size:u64
file_getattr dfd:i32 filename:string ufattr:pointer usize:u64 at_flags:u32
file_setattr dfd:i32 filename:string ufattr:pointer usize:u64 at_flags:u32
flistxattr fd:i32 list:pointer size:u64
flock fd:u32 cmd:u32
fork
fremovexattr fd:i32 name:string
fsconfig fd:i32 cmd:u32 _key:string _value:pointer aux:i32
fsetxattr fd:i32 name:string value:pointer size:u64 flags:i32
fsmount fs_fd:i32 flags:u32 attr_flags:u32
fsopen _fs_name:string flags:u32
fspick dfd:i32 path:string flags:u32
fstatfs fd:u32 buf:pointer
fsync fd:u32
ftruncate fd:u32 length:i64
futex uaddr:pointer op:i32 val:u32 utime:pointer uaddr2:pointer val3:u32
futex_requeue waiters:pointer flags:u32 nr_wake:i32 nr_requeue:i32
futex_wait uaddr:pointer val:u64 mask:u64 flags:u32 timeout:pointer clockid:i32
futex_waitv waiters:pointer nr_futexes:u32 flags:u32 timeout:pointer clockid:i32
futex_wake uaddr:pointer mask:u64 nr:i32 flags:u32
futimesat dfd:i32 filename:string utimes:pointer
get_mempolicy policy:pointer nmask:pointer maxnode:u64 addr:u64 flags:u64
get_robust_list pid:i32 head_ptr:pointer len_ptr:pointer
getcpu cpup:pointer nodep:pointer unused:pointer
getcwd buf:pointer size:u64
getdents fd:u32 dirent:pointer count:u32
getdents64 fd:u32 dirent:pointer count:u32
getegid
geteuid
getgid
getgroups gidsetsize:i32 grouplist:pointer
getitimer which:i32 value:pointer
getpeername fd:i32 usockaddr:pointer usockaddr_len:pointer
getpgid pid:i32
getpgrp
getpid
getppid
getpriority which:i32 who:i32
getrandom ubuf:pointer len:u64 flags:u32
getresgid rgidp:pointer egidp:pointer sgidp:pointer
getresuid ruidp:pointer euidp:pointer suidp:pointer
getrlimit resource:u32 rlim:pointer
getrusage who:i32 ru:pointer
getsid pid:i32
getsockname fd:i32 usockaddr:pointer usockaddr_len:pointer
getsockopt fd:i32 level:i32 optname:i32 optval:pointer optlen:pointer
gettid
gettimeofday tv:pointer tz:pointer
getuid
getxattr pathname:string name:string value:pointer size:u64
getxattrat dfd:i32 pathname:string at_flags:u32 name:string uargs:pointer usize:u64
inotify_add_watch fd:i32 pathname:string mask:u32
inotify_init
inotify_init1 flags:i32
inotify_rm_watch fd:i32 wd:i32
io_cancel ctx_id:u64 iocb:pointer result:pointer
io_destroy ctx:u64
io_getevents ctx_id:u64 min_nr:i64 nr:i64 events:pointer timeout:pointer
io_pgetevents ctx_id:u64 min_nr:i64 nr:i64 events:pointer timeout:pointer usig:pointer
io_setup nr_events:u32 ctxp:pointer
io_submit ctx_id:u64 nr:i64 iocbpp:pointer
io_uring_enter fd:u32 to_submit:u32 min_complete:u32 flags:u32 argp:pointer argsz:u64
io_uring_register fd:u32 opcode:u32 arg:pointer nr_args:u32
io_uring_setup entries:u32 params:pointer
ioctl fd:u32 cmd:u32 arg:u64
ioperm from:u64 num:u64 turn_on:i32
iopl level:u32
ioprio_get which:i32 who:i32
ioprio_set which:i32 who:i32 ioprio:i32
kcmp pid1:i32 pid2:i32 type:i32 idx1:u64 idx2:u64
keyctl option:i32 arg2:u64 arg3:u64 arg4:u64 arg5:u64
kill pid:i32 sig:i32
landlock_add_rule ruleset_fd:i32 rule_type:u32 rule_attr:pointer flags:u32
landlock_create_ruleset attr:pointer size:u64 flags:u32
landlock_restrict_self ruleset_fd:i32 flags:u32
lchown filename:string user:u32 group:u32
lgetxattr pathname:string name:string value:pointer size:u64
link oldname:string newname:string
linkat olddfd:i32 oldname:string newdfd:i32 newname:string flags:i32
listen fd:i32 backlog:i32
listmount req:pointer mnt_ids:pointer nr_mnt_ids:u64 flags:u32
listxattr pathname:string list:pointer size:u64
listxattrat dfd:i32 pathname:string at_flags:u32 list:pointer size:u64
llistxattr pathname:string list:pointer size:u64
lremovexattr pathname:string name:string
lseek fd:u32 offset:i64 whence:u32
lsetxattr pathname:string name:string value:pointer size:u64 flags:i32
lsm_get_self_attr attr:u32 ctx:pointer size:pointer flags:u32
lsm_list_modules ids:pointer size:pointer flags:u32
lsm_set_self_attr attr:u32 ctx:pointer size:u32 flags:u32
madvise start:u64 len_in:u64 behavior:i32
mbind start:u64 len:u64 mode:u64 nmask:pointer maxnode:u64 flags:u32
membarrier cmd:i32 flags:u32 cpu_id:i32
memfd_create uname:string flags:u32
memfd_secret flags:u32
migrate_pages pid:i32 maxnode:u64 old_nodes:pointer new_nodes:pointer
mincore start:u64 len:u64 vec:pointer
mkdir pathname:string mode:u16
mkdirat dfd:i32 pathname:string mode:u16
mknod filename:string mode:u16 dev:u32
mknodat dfd:i32 filename:string mode:u16 dev:u32
mlock start:u64 len:u64
mlock2 start:u64 len:u64 flags:i32
mlockall flags:i32
mmap addr:u64 len:u64 prot:u64 flags:u64 fd:u64 off:u64
modify_ldt func:i32 ptr:pointer bytecount:u64
mount dev_name:pointer dir_name:pointer type:pointer flags:u64 data:pointer
mount_setattr dfd:i32 path:string flags:u32 uattr:pointer usize:u64
move_mount from_dfd:i32 from_pathname:string to_dfd:i32 to_pathname:string flags:u32
move_pages pid:i32 nr_pages:u64 pages:pointer nodes:pointer status:pointer flags:i32
mprotect start:u64 len:u64 prot:u64
mq_getsetattr mqdes:i32 u_mqstat:pointer u_omqstat:pointer
mq_notify mqdes:i32 u_notification:pointer
mq_open u_name:string oflag:i32 mode:u16 u_attr:pointer
mq_timedreceive mqdes:i32 u_msg_ptr:pointer msg_len:u64 u_msg_prio:pointer u_abs_timeout:pointer
mq_timedsend mqdes:i32 u_msg_ptr:string msg_len:u64 msg_prio:u32 u_abs_timeout:pointer
mq_unlink u_name:string
mremap addr:u64 old_len:u64 new_len:u64 flags:u64 new_addr:u64
mseal start:u64 len:u64 flags:u64
msgctl msqid:i32 cmd:i32 buf:pointer
msgget key:i32 msgflg:i32
msgrcv msqid:i32 msgp:pointer msgsz:u64 msgtyp:i64 msgflg:i32
msgsnd msqid:i32 msgp:pointer msgsz:u64 msgflg:i32
msync start:u64 len:u64 flags:i32
munlock start:u64 len:u64
munlockall
munmap addr:u64 len:u64
name_to_handle_at dfd:i32 name:string handle:pointer mnt_id:pointer flag:i32
nanosleep rqtp:pointer rmtp:pointer
newfstat fd:u32 statbuf:pointer
newfstatat dfd:i32 filename:string statbuf:pointer flag:i32
newlstat filename:string statbuf:pointer
newstat filename:string statbuf:pointer
newuname name:pointer
open filename:string flags:i32 mode:u16
open_by_handle_at mountdirfd:i32 handle:pointer flags:i32
open_tree dfd:i32 filename:string flags:u32
open_tree_attr dfd:i32 filename:string flags:u32 uattr:pointer usize:u64
openat dfd:i32 filename:string flags:i32 mode:u16
openat2 dfd:i32 filename:string how:pointer usize:u64
pause
perf_event_open attr_uptr:pointer pid:i32 cpu:i32 group_fd:i32 flags:u64
personality personality:u32
pidfd_getfd pidfd:i32 fd:i32 flags:u32
pidfd_open pid:i32 flags:u32
pidfd_send_signal pidfd:i32 sig:i32 info:pointer flags:u32
pipe fildes:pointer
pipe2 fildes:pointer flags:i32
pivot_root new_root:string put_old:string
pkey_alloc flags:u64 init_val:u64
pkey_free pkey:i32
pkey_mprotect start:u64 len:u64 prot:u64 pkey:i32
poll ufds:pointer nfds:u32 timeout_msecs:i32
ppoll ufds:pointer nfds:u32 tsp:pointer sigmask:pointer sigsetsize:u64
prctl option:i32 arg2:u64 arg3:u64 arg4:u64 arg5:u64
pread64 fd:u32 buf:pointer count:u64 pos:i64
preadv fd:u64 vec:pointer vlen:u64 pos_l:u64 pos_h:u64
preadv2 fd:u64 vec:pointer vlen:u64 pos_l:u64 pos_h:u64 flags:i32
prlimit64 pid:i32 resource:u32 new_rlim:pointer old_rlim:pointer
process_madvise pidfd:i32 vec:pointer vlen:u64 behavior:i32 flags:u32
process_mrelease pidfd:i32 flags:u32
process_vm_readv pid:i32 lvec:pointer liovcnt:u64 rvec:pointer riovcnt:u64 flags:u64
process_vm_writev pid:i32 lvec:pointer liovcnt:u64 rvec:pointer riovcnt:u64 flags:u64
pselect6 n:i32 inp:pointer outp:pointer exp:pointer tsp:pointer sig:pointer
ptrace request:i64 pid:i64 addr:u64 data:u64
pwrite64 fd:u32 buf:string count:u64 pos:i64
pwritev fd:u64 vec:pointer vlen:u64 pos_l:u64 pos_h:u64
pwritev2 fd:u64 vec:pointer vlen:u64 pos_l:u64 pos_h:u64 flags:i32
quotactl cmd:u32 special:string id:u32 addr:pointer
quotactl_fd fd:u32 cmd:u32 id:u32 addr:pointer
read fd:u32 buf:pointer count:u64
readahead fd:i32 offset:i64 count:u64
readlink path:string buf:pointer bufsiz:i32
readlinkat dfd:i32 pathname:string buf:pointer bufsiz:i32
readv fd:u64 vec:pointer vlen:u64
reboot magic1:i32 magic2:i32 cmd:u32 arg:pointer
recvfrom fd:i32 ubuf:pointer size:u64 flags:u32 addr:pointer addr_len:pointer
recvmmsg fd:i32 mmsg:pointer vlen:u32 flags:u32 timeout:pointer
recvmsg fd:i32 msg:pointer flags:u32
remap_file_pages start:u64 size:u64 prot:u64 pgoff:u64 flags:u64
removexattr pathname:string name:string
removexattrat dfd:i32 pathname:string at_flags:u32 name:string
rename oldname:string newname:string
renameat olddfd:i32 oldname:string newdfd:i32 newname:string
renameat2 olddfd:i32 oldname:string newdfd:i32 newname:string flags:u32
request_key _type:string _description:string _callout_info:string destringid:i32
restart_syscall
rmdir pathname:string
rseq rseq:pointer rseq_len:u32 flags:i32 sig:u32
rt_sigaction sig:i32 act:pointer oact:pointer sigsetsize:u64
rt_sigpending uset:pointer sigsetsize:u64
rt_sigprocmask how:i32 nset:pointer oset:pointer sigsetsize:u64
rt_sigqueueinfo pid:i32 sig:i32 uinfo:pointer
rt_sigreturn
rt_sigsuspend unewset:pointer sigsetsize:u64
rt_sigtimedwait uthese:pointer uinfo:pointer uts:pointer sigsetsize:u64
rt_tgsigqueueinfo tgid:i32 pid:i32 sig:i32 uinfo:pointer
sched_get_priority_max policy:i32
sched_get_priority_min policy:i32
sched_getaffinity pid:i32 len:u32 user_mask_ptr:pointer
sched_getattr pid:i32 uattr:pointer usize:u32 flags:u32
sched_getparam pid:i32 param:pointer
sched_getscheduler pid:i32
sched_rr_get_interval pid:i32 interval:pointer
sched_setaffinity pid:i32 len:u32 user_mask_ptr:pointer
sched_setattr pid:i32 uattr:pointer flags:u32
sched_setparam pid:i32 param:pointer
sched_setscheduler pid:i32 policy:i32 param:pointer
sched_yield
seccomp op:u32 flags:u32 uargs:pointer
select n:i32 inp:pointer outp:pointer exp:pointer tvp:pointer
semctl semid:i32 semnum:i32 cmd:i32 arg:u64
semget key:i32 nsems:i32 semflg:i32
semop semid:i32 tsops:pointer nsops:u32
semtimedop semid:i32 tsops:pointer nsops:u32 timeout:pointer
sendfile64 out_fd:i32 in_fd:i32 offset:pointer count:u64
sendmmsg fd:i32 mmsg:pointer vlen:u32 flags:u32
sendmsg fd:i32 msg:pointer flags:u32
sendto fd:i32 buff:pointer len:u64 flags:u32 addr:pointer addr_len:i32
set_mempolicy mode:i32 nmask:pointer maxnode:u64
set_mempolicy_home_node start:u64 len:u64 home_node:u64 flags:u64
set_robust_list head:pointer len:u64
set_tid_address tidptr:pointer
setdomainname name:pointer len:i32
setfsgid gid:u32
setfsuid uid:u32
setgid gid:u32
setgroups gidsetsize:i32 grouplist:pointer
sethostname name:pointer len:i32
setitimer which:i32 value:pointer ovalue:pointer
setns fd:i32 flags:i32
setpgid pid:i32 pgid:i32
setpriority which:i32 who:i32 niceval:i32
setregid rgid:u32 egid:u32
setresgid rgid:u32 egid:u32 sgid:u32
setresuid ruid:u32 euid:u32 suid:u32
setreuid ruid:u32 euid:u32
setrlimit resource:u32 rlim:pointer
setsid
setsockopt fd:i32 level:i32 optname:i32 optval:pointer optlen:i32
settimeofday tv:pointer tz:pointer
setuid uid:u32
setxattr pathname:string name:string value:pointer size:u64 flags:i32
setxattrat dfd:i32 pathname:string at_flags:u32 name:string uargs:pointer usize:u64
shmat shmid:i32 shmaddr:pointer shmflg:i32
shmctl shmid:i32 cmd:i32 buf:pointer
shmdt shmaddr:pointer
shmget key:i32 size:u64 shmflg:i32
shutdown fd:i32 how:i32
sigaltstack uss:pointer uoss:pointer
signalfd ufd:i32 user_mask:pointer sizemask:u64
signalfd4 ufd:i32 user_mask:pointer sizemask:u64 flags:i32
socket family:i32 type:i32 protocol:i32
socketpair family:i32 type:i32 protocol:i32 usockvec:pointer
splice fd_in:i32 off_in:pointer fd_out:i32 off_out:pointer len:u64 flags:u32
statfs pathname:string buf:pointer
statmount req:pointer buf:pointer bufsize:u64 flags:u32
statx dfd:i32 filename:string flags:u32 mask:u32 buffer:pointer
swapoff specialfile:string
swapon specialfile:string swap_flags:i32
symlink oldname:string newname:string
symlinkat oldname:string newdfd:i32 newname:string
sync
sync_file_range fd:i32 offset:i64 nbytes:i64 flags:u32
syncfs fd:i32
sysfs option:i32 arg1:u64 arg2:u64
sysinfo info:pointer
syslog type:i32 buf:pointer len:i32
tee fdin:i32 fdout:i32 len:u64 flags:u32
tgkill tgid:i32 pid:i32 sig:i32
time tloc:pointer
timer_create which_clock:i32 timer_event_spec:pointer created_timer_id:pointer
timer_delete timer_id:i32
timer_getoverrun timer_id:i32
timer_gettime timer_id:i32 setting:pointer
timer_settime timer_id:i32 flags:i32 new_setting:pointer old_setting:pointer
timerfd_create clockid:i32 flags:i32
timerfd_gettime ufd:i32 otmr:pointer
timerfd_settime ufd:i32 flags:i32 utmr:pointer otmr:pointer
times tbuf:pointer
tkill pid:i32 sig:i32
truncate path:string length:i64
umask mask:i32
umount name:pointer flags:i32
unlink pathname:string
unlinkat dfd:i32 pathname:string flag:i32
unshare unshare_flags:u64
uprobe
uretprobe
userfaultfd flags:i32
ustat dev:u32 ubuf:pointer
utime filename:pointer times:pointer
utimensat dfd:i32 filename:string utimes:pointer flags:i32
utimes filename:pointer utimes:pointer
vfork
vhangup
vmsplice fd:i32 uiov:pointer nr_segs:u64 flags:u32
wait4 upid:i32 stat_addr:pointer options:i32 ru:pointer
waitid which:i32 upid:i32 infop:pointer options:i32 ru:pointer
write fd:u32 buf:string count:u64
writev fd:u64 vec:pointer vlen:u64`;
