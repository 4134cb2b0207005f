#!/usr/bin/env bash
# All tests, in layers: what needs no kernel, this machine's kernel (as root), other kernels (in QEMU).
# With arguments, only the tests that vitest finds by them: npm test -- test/evaluate
set -euo pipefail
cd "$(dirname "$0")/.."

vitest=(node node_modules/vitest/vitest.mjs run)

if [ $# -gt 0 ]; then
  [ -d node_modules ] || bash scripts/setup.sh test
  exec "${vitest[@]}" "$@"
fi

stop() {
  echo "$1" >&2
  echo '0 passed, 1 failed, 0 skipped'
  exit 1
}

bash scripts/setup.sh test || stop 'The machine could not be set up for the tests.'
# Before anything runs as root, so that these files belong to whoever calls.
npm run --silent build || stop 'The package does not compile.'
node test/vm/fetch.mjs

if [ "$(id -u)" -eq 0 ]; then
  exec "${vitest[@]}"
fi
if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
  # The tests that load programs say for themselves why they are skipped.
  exec "${vitest[@]}"
fi
give_back() { sudo chown -R "$(id -u):$(id -g)" .cache dist; }
trap give_back EXIT
sudo env "PATH=$PATH" "HOME=$HOME" ${CI:+"CI=$CI"} ${XDG_CACHE_HOME:+"XDG_CACHE_HOME=$XDG_CACHE_HOME"} "${vitest[@]}"
