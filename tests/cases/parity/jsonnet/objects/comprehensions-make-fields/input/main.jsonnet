{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { [k]: std.asciiUpper(k) for k in ["x", "y"] if k != "z" },
}
