"""ConfigMaps and Secrets made from files, env files and literals."""
