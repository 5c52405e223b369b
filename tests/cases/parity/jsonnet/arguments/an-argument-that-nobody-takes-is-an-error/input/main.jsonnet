function() { kind: "A" }
