"""Loops that keep deliveries true: a key in, one look at the world, and back into the queue.

``sources`` turns source resources into artifacts, ``deliveries`` walks the data flow for each
delivery, ``replicas`` decides who works. What they decide is decided by the pure core; what they
know of a resource's fields and words, they ask its dialect.
"""
