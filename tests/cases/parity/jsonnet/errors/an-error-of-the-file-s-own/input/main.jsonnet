{ kind: "A", x: error "line one\nline two" }
