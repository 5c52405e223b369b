"""The only place where the parts meet their edges: which client, which store, which controllers."""
