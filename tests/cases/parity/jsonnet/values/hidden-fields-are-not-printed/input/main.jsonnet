{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { shown: $.hidden },
  hidden:: "h",
}
