{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { a: "yes", b: "1e3", c: "0o17", d: "~", e: "", f: "2001-01-01", g: " x", h: "a: b", i: "null" },
}
