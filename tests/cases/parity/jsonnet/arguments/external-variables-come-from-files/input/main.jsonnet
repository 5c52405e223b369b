{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { t: std.extVar("t"), c: std.extVar("c") },
}
