function(name, n="1") {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: name },
  data: { n: n },
}
