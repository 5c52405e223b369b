{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { md5: std.md5("x"), sha1: std.sha1("x"), sha256: std.sha256("x"), sha512: std.sha512("x"), sha3: std.sha3("x"), base64: std.base64([1, 2, 255]), back: std.base64Decode("aGk=") },
}
