[{ apiVersion: "v1", kind: "A" }, null, { kind: "List", apiVersion: "v1", items: [{ kind: "B", apiVersion: "v1" }] }]
