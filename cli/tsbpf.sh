#!/bin/sh
# The command `tsbpf`: starts `build` from a snapshot of the loaded compiler where there is one (cli/snapshot/), commands that
# compile nothing by main.cjs, without node's loader of modules, and all else, and builds where TSBPF_SNAPSHOT=0, by main.js.
# Whoever changes paths here changes place.ts too.
self=$0
if [ -h "$self" ]; then self=$(readlink -f "$self"); fi
case $self in
  /*/../* | /*/./*) self=$(readlink -f "$self") ;;
  /*) ;;
  *) self=$(readlink -f "$self") ;;
esac
here=${self%/*}

command -v node >/dev/null || {
  echo 'tsbpf: there is no node on PATH; install Node.js 20 or later' >&2
  exit 127
}

simple() {
  [ "$1" = build ] && [ "$TSBPF_SNAPSHOT" != 0 ] && [ -z "$NODE_OPTIONS$NODE_V8_COVERAGE$NODE_DEBUG" ] || return 1
  for word; do
    case $word in --watch | module | --emit=module) return 1 ;; esac
  done
  case $XDG_CACHE_HOME in
    /*) cache=$XDG_CACHE_HOME ;;
    *) cache=$HOME/.cache ;;
  esac
  case $node:$HOME in /*:/*) ;; *) return 1 ;; esac
}

# Whether node, the compiler and the snapshot are those that were there when the snapshot was made.
fits() {
  [ -O "$blob" ] && [ -O "$folder/record" ] || return 1
  { read -r first && read -r second && read -r third && read -r flags; } <"$folder/record" || return 1
  found=$(TZ=UTC0 stat -Lc '%i %s %y %z %u %a' "$node" "$here/build-snapshot.cjs" "$blob") || return 1
  [ "$found" = "$first
$second
$third" ]
}

# Node reads all of these certificates when it starts; only what `run` runs makes connections. main.ts puts the name back.
if [ -n "$NODE_EXTRA_CA_CERTS" ] && [ "$1" != run ]; then
  export TSBPF_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"
  unset NODE_EXTRA_CA_CERTS
fi
case $1 in
  load | map | trace | capture | tc | xdp | explain) exec node "$here/main.cjs" "$@" ;;
esac
node=$(command -v node)
if simple "$@"; then
  folder=$cache/tsbpf/snapshot$node$here
  blob=$folder/build.blob
  if fits 2>/dev/null; then
    # Words without blanks in them, or none.
    exec "$node" $flags --snapshot-blob "$blob" "$here/main.js" "$@"
  fi
  export TSBPF_SNAPSHOT_NODE="$node"
fi
exec "$node" "$here/main.js" "$@"
