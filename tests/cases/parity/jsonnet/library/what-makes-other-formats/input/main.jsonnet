{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: {
    yaml: std.manifestYamlDoc({ b: 1, a: [1, "x: y", null, "no"], c: "l1\nl2\n" }),
    quoted: std.manifestYamlDoc({ b: {}, "e f": "~" }, indent_array_in_object=true, quote_keys=false),
    stream: std.manifestYamlStream([{ a: 1 }, 2]),
    ini: std.manifestIni({ main: { a: 1 }, sections: { s: { x: "y" } } }),
    toml: std.manifestTomlEx({ a: { b: [1, { c: 2 }] } }, "  "),
    python: std.manifestPython({ a: true, b: null }),
    json: std.manifestJsonEx({ a: [1, {}], b: [] }, "  "),
    minified: std.manifestJsonMinified({ a: [1, {}] }),
    xml: std.manifestXmlJsonml(["a", { b: "c" }, "t"]),
  },
}
