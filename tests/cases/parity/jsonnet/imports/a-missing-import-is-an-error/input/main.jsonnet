{ kind: "A", x: import "gone.libsonnet" }
