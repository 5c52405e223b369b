"""How fast kustomizations are rendered, beside kustomize's own library and its binary."""
