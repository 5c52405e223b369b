function(name, n) { apiVersion: "v1", kind: name, n: n, v: [std.extVar("s"), std.extVar("c")], lib: (import "x.libsonnet") }
