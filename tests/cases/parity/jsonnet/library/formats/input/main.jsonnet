{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { a: "%5.2f|%-5d|%05d|%x|%e|%g|%s|%c" % [1.5, 3, 42, 255, 12345.678, 0.0001, [1], "a"], b: "%(a)s %(b)03d" % { a: { x: 1 }, b: 7 }, c: std.toString({ a: 1.0, b: [1e20] }) },
}
