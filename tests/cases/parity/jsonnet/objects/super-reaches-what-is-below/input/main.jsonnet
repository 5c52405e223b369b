{ kind: "A", l:: [1] } + { l: super.l + [2], k: super.kind + "!" }
