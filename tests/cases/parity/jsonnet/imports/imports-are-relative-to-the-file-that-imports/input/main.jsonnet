import "lib/app.libsonnet"
