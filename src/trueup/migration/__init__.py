"""Handing a cluster over from Flux to Trueup, and back, without a change to what is delivered.

Both keep the same facts in the same places: the inventory in the delivery's status, the finalizers,
the marks on the objects, and one field manager. So little has to be done, and nothing is renamed.
``plan`` says what, ``carry_out`` does it. Each step may be taken twice, and the plan follows from
what is found: whatever ends a migration half way, the next one goes on from there.
"""
