if true then { kind: "A" } else import "gone.libsonnet"
