"""Strategic merge patches: JSON merge patches that know which lists have keys.

``apply`` is the way in; what it raises is an InputError, which may be a PatchFormatError. The directives that a patch may hold (``$patch``, ``$retainKeys``,
``$setElementOrder/…``, ``$deleteFromPrimitiveList/…``) and what a list's schema says about merging
follow kube-apiserver. https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
"""

from trueup.merge.strategic.directives import PatchFormatError
from trueup.merge.strategic.merge import apply

__all__ = ["PatchFormatError", "apply"]
