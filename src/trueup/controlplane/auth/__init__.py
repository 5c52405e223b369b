"""Who makes a request, and whether they may: authentication, RBAC, impersonation, reviews."""
