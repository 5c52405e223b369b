{ apiVersion: "v1", kind: "B", n: 1 + 1 }
