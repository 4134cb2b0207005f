#!/usr/bin/env bash
# Sets up what is missing for running tsbpf, or also for its tests: scripts/setup.sh [run|test]
# Debian packages (as root, or with sudo), the npm packages of package-lock.json, and dist/. Safe to run twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

run_packages=(libbpf1 libpcap0.8)
# The LLVM libraries that tsbpf can use, the tested one first.
llvm_packages=(libllvm19 libllvm20 libllvm18 libllvm17 libllvm16 libllvm15)
test_packages=(
  clang-19 llvm-19 bpftool libbpf-dev linux-libc-dev      # other makers and readers of objects
  gcc libc6-dev                                           # the layouts that C has
  iproute2 iputils-ping tcpdump procps                    # traffic in network namespaces
  tshark                                                  # another reader of capture files
  qemu-system-x86 busybox-static cpio xz-utils kmod       # other kernels
)

say() { echo "setup: $*"; }
# Status 3, as everywhere in tsbpf: the machine cannot do it.
stop() {
  printf 'setup: %s\n' "$@" >&2
  exit 3
}

can_be_root() { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Under sudo, files of the project stay those of the user who owns them.
as_owner() {
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_UID:-}" ] && [ "$(stat -c %u .)" = "$SUDO_UID" ] && [ "$SUDO_UID" != 0 ]; then
    sudo -u "#$SUDO_UID" -H env "PATH=$PATH" "$@"
  else
    "$@"
  fi
}

check_node() {
  local advice='install Node.js 20.11 or later, with npm, and run this again'
  command -v node >/dev/null && command -v npm >/dev/null || stop "Node.js or npm is missing: $advice"
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 11) ? 0 : 1)' ||
    stop "Node.js $(node --version) is too old: $advice"
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
is_available() { [ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]; }

apt_updated=no
update_lists() {
  [ "$apt_updated" = no ] || return 0
  can_be_root || return 0
  apt_updated=yes
  say 'reading the package lists (apt-get update)'
  as_root apt-get update -qq
}

install_packages() {
  local missing=() package
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  can_be_root || stop "these packages are missing: ${missing[*]}" 'run this as root, or install sudo'
  update_lists
  say "installing ${missing[*]} (apt-get install)"
  as_root env DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
}

install_llvm() {
  local package
  for package in "${llvm_packages[@]}"; do ! is_installed "$package" || return 0; done
  is_available "${llvm_packages[0]}" || update_lists
  for package in "${llvm_packages[@]}"; do
    if is_available "$package"; then
      install_packages "$package"
      return
    fi
  done
  stop "none of these packages is to be had here: ${llvm_packages[*]}"
}

has_library() { { ldconfig -p 2>/dev/null || /sbin/ldconfig -p; } | grep -q "$1"; }

system_packages() {
  if command -v apt-get >/dev/null; then
    install_llvm
    install_packages "${run_packages[@]}"
    [ "$purpose" != test ] || install_packages "${test_packages[@]}"
  elif ! has_library 'libLLVM' || ! has_library 'libbpf\.so\.1'; then
    stop 'this machine has no apt-get; install these with its own package manager, and run this again:' \
      '  the library of LLVM 15 to 22 (libLLVM.so; Debian calls it libllvm19)' \
      '  libbpf 1.0 or later (libbpf.so.1)'
  fi
}

npm_packages() {
  # Also true where the second is missing.
  [ package-lock.json -nt node_modules/.package-lock.json ] || return 0
  say 'installing the packages of package-lock.json (npm ci)'
  as_owner npm ci --include=dev --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
}

purpose=${1:-run}
case "$purpose" in
  run | test) ;;
  *)
    echo "setup: unknown purpose '$purpose'; usage: scripts/setup.sh [run|test]" >&2
    exit 2
    ;;
esac
check_node
system_packages
npm_packages
as_owner node scripts/build.mjs
say "ready to $purpose"
