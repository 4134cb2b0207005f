#!/bin/busybox sh
# The guest's first process, which the kernel hands the ports for output and errors: the host's root, read-only under a tmpfs, then the job's script in it, then power off.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev

while read -r name; do
  insmod "/modules/$name.ko" || echo "could not load $name"
done < /modules/order

options=trans=virtio,version=9p2000.L,msize=1048576
mount -t 9p -o "ro,$options,cache=loose" host /host || poweroff -f
mount -t tmpfs -o size=80% tmpfs /overlay
mkdir /overlay/upper /overlay/work
mount -t overlay -o lowerdir=/host,upperdir=/overlay/upper,workdir=/overlay/work overlay /root || poweroff -f

cd /root
# Where the root is another machine's, the working tree is apart from it, with packages of that machine's own.
if [ -n "$tree" ]; then
  mkdir -p /overlay/tree /overlay/tree-upper /overlay/tree-work "./$tree"
  mount -t 9p -o "ro,$options,cache=loose" tree /overlay/tree || poweroff -f
  mount -t overlay -o lowerdir=/overlay/tree,upperdir=/overlay/tree-upper,workdir=/overlay/tree-work overlay "./$tree" ||
    poweroff -f
  mount --bind opt/tsbpf/node_modules "./$tree/node_modules"
fi
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
# Not /tmp: the working tree may lie in there.
mount -t tmpfs tmpfs run
mkdir -p run/tsbpf-job run/netns run/lock
mount -t 9p -o "rw,$options" job run/tsbpf-job || poweroff -f
mount -t bpf bpf sys/fs/bpf
mount -t tracefs tracefs sys/kernel/tracing
mount -t debugfs debugfs sys/kernel/debug
mkdir -p sys/fs/cgroup && mount -t cgroup2 cgroup2 sys/fs/cgroup
ip link set lo up
hostname tsbpf
# The proof for the host that the guest stands; its limits begin here.
touch run/tsbpf-job/booted

for port in "$output" "$errors"; do stty -F "dev/$port" raw -echo; done
# Through pipes: a program must not take the output for a terminal.
mkfifo /output /errors
cat /output > "dev/$output" &
cat /errors > "dev/$errors" &
setsid chroot . /bin/sh /run/tsbpf-job/run.sh < /dev/null > /output 2> /errors
echo $? > run/tsbpf-job/status
# A process that outlives the command may hold the pipes open for ever.
(sleep 5; poweroff -f) &
wait %1 %2
sync
poweroff -f
