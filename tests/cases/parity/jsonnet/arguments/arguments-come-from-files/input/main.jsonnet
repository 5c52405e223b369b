function(t, c) {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { t: t, c: c },
}
