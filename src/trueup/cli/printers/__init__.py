"""How results look: tables, trees and times for people, JSON and YAML for programs.

Nothing here asks a cluster or decides anything; values in, text out.
"""
