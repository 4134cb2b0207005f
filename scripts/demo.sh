#!/usr/bin/env bash
# Sets up what is missing, then counts the flows of real packets on the loopback interface with examples/flow-counter.ts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=4

bash scripts/setup.sh run
# A first `sudo` may ask for a password, which must not fall into the time that is measured.
root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo 'demo: attaching to a raw socket takes root; run this as root, or install sudo' >&2
    exit 3
  }
  root=(sudo)
  sudo true
fi

echo "demo: compiling examples/flow-counter.ts, and counting the packets on lo for $seconds seconds"
# The traffic ends by itself, a little after the count does.
node scripts/demo-traffic.mjs $((seconds + 2)) &
traffic=$!
trap 'kill "$traffic" 2>/dev/null || true' EXIT
"${root[@]}" "$(command -v node)" dist/cli/main.js run examples/flow-counter.ts --interface lo --duration "$seconds"
