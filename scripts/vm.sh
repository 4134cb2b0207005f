#!/bin/sh
# Runs a command on the working tree under another kernel, in QEMU: scripts/vm.sh 6.1 uname -r, or on another machine:
# scripts/vm.sh arm64 uname -m
# What the command writes is gone when it ends, but for what it writes into the folder $TSBPF_JOB.
exec node "$(dirname "$0")/../test/vm/run.mjs" "$@"
