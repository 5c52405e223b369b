local base = { kind: "A", name: error "name is needed" };
base
