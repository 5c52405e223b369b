"""Who works: replicas that stand by or share the work by Leases, and rivals that live."""
