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

# What the tests write as root goes back to whoever owns the clone.
owner=$(stat -c %u:%g .)
root=()
if [ "$(id -u)" -ne 0 ] && command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
  # Debian's users have no sbin in their PATH, where tc and bpftool are.
  root=(sudo env "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin" "HOME=$HOME" ${CI:+"CI=$CI"} ${XDG_CACHE_HOME:+"XDG_CACHE_HOME=$XDG_CACHE_HOME"})
fi
# Without root, the tests that load programs say for themselves why they are skipped.
status=0
"${root[@]}" "${vitest[@]}" || status=$?
"${root[@]}" chown -R "$owner" .cache dist || true
exit "$status"
