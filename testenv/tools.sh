#!/usr/bin/env bash
# Builds the real kustomize, helm, jsonnet, sops and registry into the user's cache, each once for the
# version that tools/<tool>/go.mod pins: what Trueup is compared with. Given names, only those; with
# --built before them nothing is built, and what is not there yet is an error.
# Prints where each is. Beside them lie small programs of our own, where the real thing is a library:
# their version is the digest of their source. The first time takes some five minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/tools"

cache="${XDG_CACHE_HOME:-$HOME/.cache}/trueup/tools"
declare -A stamps=(
  [kustomize]="-X sigs.k8s.io/kustomize/api/provenance.version="
  [helm]="-X helm.sh/helm/v4/internal/version.version="
)

pinned() { # TOOL: what its go.mod requires of the module that has the package
  local package
  if [ -f "$1/main.go" ]; then
    cat "$1/main.go" "$1/go.mod" | sha256sum | cut -c -12
    return
  fi
  package=$(package_of "$1")
  awk -v package="$package" '
    $1 == "require" { $1 = ""; $0 = $0 }
    $2 ~ /^v/ && (package == $1 || index(package, $1 "/") == 1) { print $2; exit }' "$1/go.mod"
}

package_of() { # TOOL
  [ -f "$1/main.go" ] && echo . || awk '$1 == "tool" { print $2 }' "$1/go.mod"
}

has_version() { # TOOL VERSION: whether the one on PATH has it
  [ ! -f "$1/main.go" ] && { "$1" version || "$1" --version; } 2>/dev/null | grep -qF "${2#v}"
}

build() { # TOOL VERSION PROGRAM
  [ -z "$only_built" ] || return 1
  command -v go >/dev/null || {
    echo "Building $1 needs Go; whoever has $1 $2 already puts it on PATH, or names it in" \
      "TRUEUP_${1^^}." >&2
    return 1
  }
  local stamp=${stamps[$1]:-} package packages
  package=$(package_of "$1")
  packages=$(cd "$1" && go list -deps "$package" | wc -l)
  echo "building $1 $2: up to $packages packages" >&2
  mkdir -p "${3%/*}"
  (cd "$1" && nice -n 5 go build -v -ldflags "-s -w ${stamp:+$stamp$2}" -o "$3.$$" "$package" 2>&1) |
    awk 'NR % 100 == 0 { print "  " NR " compiled"; fflush() }
         /:[0-9]+:|error|cannot/ { print; fflush() }' >&2
  mv "$3.$$" "$3"
}

program_of() { # TOOL
  local named=TRUEUP_${1^^} version program
  version=$(pinned "$1")
  program="$cache/$1/$version/$1"
  if [ -n "${!named:-}" ]; then
    program=${!named}
  elif [ ! -x "$program" ]; then
    if has_version "$1" "$version"; then
      program=$(command -v "$1")
    else
      build "$1" "$version" "$program"
    fi
  fi
  echo "$1 $version $program"
}

only_built=
[ "${1:-}" != --built ] || { only_built=yes && shift; }
(($#)) || set -- kustomize jsonnet helm sops directory substitute semver helmrules registry krusty
for tool in "$@"; do
  program_of "$tool"
done
