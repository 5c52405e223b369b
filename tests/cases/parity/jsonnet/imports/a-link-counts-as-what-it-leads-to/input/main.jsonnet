import "link.libsonnet"
