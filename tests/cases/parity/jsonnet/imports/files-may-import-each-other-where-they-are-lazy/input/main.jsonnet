{ kind: "A", b: (import "b.libsonnet").b, a:: 1 }
