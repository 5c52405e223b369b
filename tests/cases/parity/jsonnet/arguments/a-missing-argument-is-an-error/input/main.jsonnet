function(name) { kind: name }
