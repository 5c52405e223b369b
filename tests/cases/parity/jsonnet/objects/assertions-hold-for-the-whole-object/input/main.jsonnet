{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { replicas: 3, assert self.replicas < 3: "too many" },
}
