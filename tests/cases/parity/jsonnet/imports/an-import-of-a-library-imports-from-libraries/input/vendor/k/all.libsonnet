{ kind: "A", v: import "v/one.libsonnet" }
