"""Servers for tests, ours and other people's: real Git by HTTP and SSH, on loopback.

Nothing in the program imports this package.
"""
