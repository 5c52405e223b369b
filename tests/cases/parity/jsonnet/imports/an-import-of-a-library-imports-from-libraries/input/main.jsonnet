import "k/all.libsonnet"
