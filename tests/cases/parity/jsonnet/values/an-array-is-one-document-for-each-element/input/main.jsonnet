[
  { apiVersion: "v1", kind: "Namespace", metadata: { name: n } }
  for n in ["a", "b"]
]
