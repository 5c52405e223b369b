{ kind: "A", f: std.thisFile }
