import "b.libsonnet"
