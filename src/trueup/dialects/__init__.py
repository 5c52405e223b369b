"""How others spell it: one package for each family of custom resources.

A dialect turns its resources into the engine's values and the engine's report into its own status.
Pure: no client, no clock. Its words stand here and nowhere else, and no dialect writes to a target.
"""
