{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { a: @"C:\n""x""", b: @'it''s' },
}
