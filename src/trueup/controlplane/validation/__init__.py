"""What the API server refuses, and why: every cause at once, in Kubernetes' words.

``metadata`` is everybody's, ``builtin`` has the rules of Kubernetes' own kinds, ``custom`` those
of custom resources and of their definitions. All are functions on plain data that give lists of
causes; the registry turns these into one refusal.
"""
