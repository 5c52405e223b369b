{ kind: "A", f: function(x) x }
