function(count, extra={}) {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { n: count + 1 } + extra,
}
