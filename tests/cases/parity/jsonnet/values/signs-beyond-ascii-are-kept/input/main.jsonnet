{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { a: "\u0000\u007f\u2028é😀<>&", length: std.length("😀é") },
}
