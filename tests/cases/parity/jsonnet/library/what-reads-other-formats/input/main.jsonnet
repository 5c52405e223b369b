{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { yaml: std.parseYaml("a: 0o17\nb: yes\nc: 1e3\nd: 2001-01-01\n"), many: std.parseYaml("a: 1\n---\n- b\n"), json: std.parseJson("[1.0,1e3]"), numbers: [std.parseInt("-5"), std.parseHex("ff"), std.parseOctal("17")] },
}
