#!/usr/bin/env bash
# Builds etcd, Kubernetes' own programs, kubectl and KWOK into the user's cache, each once for the
# version that go.mod pins. The first time takes some ten minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")"

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  echo "nothing to build: KUBEBUILDER_ASSETS names $KUBEBUILDER_ASSETS"
  exit
fi
command -v go >/dev/null || {
  echo "Building a Kubernetes API server needs Go; whoever has the programs already names their" \
    "folder in KUBEBUILDER_ASSETS." >&2
  exit 1
}
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
folder="${XDG_CACHE_HOME:-$HOME/.cache}/trueup/kube/$version"
stamp="-s -w -X k8s.io/component-base/version.gitVersion=$version"
mkdir -p "$folder"

build() { # NAME PACKAGE
  if [ -x "$folder/$1" ]; then
    return
  fi
  local packages
  packages=$(go list -deps "$2" | wc -l)
  echo "building $1 $version: up to $packages packages"
  nice -n 5 go build -v -ldflags "$stamp" -o "$folder/.$1" "$2" 2>&1 |
    awk '{ last = $0 } NR % 100 == 0 { print "  " NR " compiled"; fflush() }
         /:[0-9]+:|error|cannot/ { print; fflush() }'
  mv "$folder/.$1" "$folder/$1"
}

build etcd go.etcd.io/etcd/server/v3
build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
build kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager
build kube-scheduler k8s.io/kubernetes/cmd/kube-scheduler
build kubectl k8s.io/kubernetes/cmd/kubectl
build kwok sigs.k8s.io/kwok/cmd/kwok
echo "$folder"
