{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { [if false then "a"]: 1, ["b" + 1]: 2 },
}
