"""Pods: a node for each, and the states that containers would go through."""
