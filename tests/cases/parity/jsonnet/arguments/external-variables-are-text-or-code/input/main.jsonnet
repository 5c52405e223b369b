{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { s: std.extVar("s"), c: std.extVar("c").a },
}
