"""What a control plane does by itself, whatever runs on it: the controllers that no cluster lacks.

Owner references are followed (``garbage``), deleted namespaces emptied (``namespaces``), every
namespace given its service account (``accounts``), old Events forgotten (``events``), and cluster
roles assembled from others (``aggregation``). ``housekeeping`` starts and stops them all.
"""
