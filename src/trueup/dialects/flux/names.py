"""The words of Flux's API: groups, labels, annotations, conditions and reasons.

Taken from the API packages of source-controller, kustomize-controller and Flux's shared
``apis/meta``; everything that reads or writes one of these words takes it from here.
"""

from __future__ import annotations

from typing import Final

from trueup.objects import GroupVersionKind

SOURCE_GROUP: Final = "source.toolkit.fluxcd.io"
KUSTOMIZE_GROUP: Final = "kustomize.toolkit.fluxcd.io"
HELM_GROUP: Final = "helm.toolkit.fluxcd.io"

GIT_REPOSITORY: Final = GroupVersionKind(SOURCE_GROUP, "v1", "GitRepository")
OCI_REPOSITORY: Final = GroupVersionKind(SOURCE_GROUP, "v1", "OCIRepository")
BUCKET: Final = GroupVersionKind(SOURCE_GROUP, "v1", "Bucket")
EXTERNAL_ARTIFACT: Final = GroupVersionKind(SOURCE_GROUP, "v1", "ExternalArtifact")
KUSTOMIZATION: Final = GroupVersionKind(KUSTOMIZE_GROUP, "v1", "Kustomization")

FINALIZER: Final = "finalizers.fluxcd.io"

APPLY_MANAGER: Final = "kustomize-controller"
"""Field manager of what a Kustomization applies."""
STATUS_MANAGER: Final = "gotk-kustomize-controller"
"""Field manager of a Kustomization's status and finalizer."""
SOURCE_MANAGER: Final = "source-controller"
"""Field manager of a source's status and finalizer."""

# Asking for a reconcile. The value of requestedAt is echoed in status.lastHandledReconcileAt.
REQUESTED_AT_ANNOTATION: Final = "reconcile.fluxcd.io/requestedAt"
FORCE_AT_ANNOTATION: Final = "reconcile.fluxcd.io/forceAt"
WATCH_LABEL: Final = "reconcile.fluxcd.io/watch"
WATCH_ENABLED: Final = "Enabled"
SHARDING_LABEL: Final = "sharding.fluxcd.io/key"

# Who owns an object that a Kustomization applied.
OWNER_NAME_LABEL: Final = f"{KUSTOMIZE_GROUP}/name"
OWNER_NAMESPACE_LABEL: Final = f"{KUSTOMIZE_GROUP}/namespace"

# What a manifest or a live object may ask for, as a label or an annotation. Values are compared
# without regard to case, but for SUBSTITUTE.
SSA: Final = f"{KUSTOMIZE_GROUP}/ssa"
PRUNE: Final = f"{KUSTOMIZE_GROUP}/prune"
FORCE: Final = f"{KUSTOMIZE_GROUP}/force"
RECONCILE: Final = f"{KUSTOMIZE_GROUP}/reconcile"
SUBSTITUTE: Final = f"{KUSTOMIZE_GROUP}/substitute"
DECRYPT: Final = f"{KUSTOMIZE_GROUP}/decrypt"

OBSOLETE_ANNOTATIONS: Final = (f"{KUSTOMIZE_GROUP}/checksum", "fluxcd.io/sync-checksum")
OBSOLETE_LABELS: Final = ("fluxcd.io/sync-gc-mark",)
"""Written by early releases of Flux; an apply removes them."""

DISABLED: Final = "disabled"
ENABLED: Final = "enabled"
SSA_OVERRIDE: Final = "Override"
SSA_MERGE: Final = "Merge"
SSA_IF_NOT_PRESENT: Final = "IfNotPresent"
SSA_IGNORE: Final = "Ignore"

# Keys of an event's metadata.
REVISION_KEY: Final = "revision"
ORIGIN_REVISION_KEY: Final = "originRevision"
DIGEST_KEY: Final = "digest"
COMMIT_STATUS_KEY: Final = "commit_status"
COMMIT_STATUS_UPDATE: Final = "update"


class Condition:
    """Types of status conditions."""

    READY: Final = "Ready"
    RECONCILING: Final = "Reconciling"
    STALLED: Final = "Stalled"
    HEALTHY: Final = "Healthy"
    ARTIFACT_IN_STORAGE: Final = "ArtifactInStorage"
    ARTIFACT_OUTDATED: Final = "ArtifactOutdated"
    SOURCE_VERIFIED: Final = "SourceVerified"
    FETCH_FAILED: Final = "FetchFailed"
    BUILD_FAILED: Final = "BuildFailed"
    STORAGE_OPERATION_FAILED: Final = "StorageOperationFailed"
    INCLUDE_UNAVAILABLE: Final = "IncludeUnavailable"


class Reason:
    """Reasons of conditions and events."""

    SUCCEEDED: Final = "Succeeded"
    FAILED: Final = "Failed"
    PROGRESSING: Final = "Progressing"
    PROGRESSING_WITH_RETRY: Final = "ProgressingWithRetry"
    SUSPENDED: Final = "Suspended"
    DEPENDENCY_NOT_READY: Final = "DependencyNotReady"
    INVALID_PATH: Final = "InvalidPath"
    INVALID_URL: Final = "InvalidURL"
    INVALID_CEL_EXPRESSION: Final = "InvalidCELExpression"
    ACCESS_DENIED: Final = "AccessDenied"

    # Deliveries
    RECONCILIATION_SUCCEEDED: Final = "ReconciliationSucceeded"
    RECONCILIATION_FAILED: Final = "ReconciliationFailed"
    ARTIFACT_FAILED: Final = "ArtifactFailed"
    BUILD_FAILED: Final = "BuildFailed"
    PRUNE_FAILED: Final = "PruneFailed"
    HEALTH_CHECK_FAILED: Final = "HealthCheckFailed"
    HEALTH_CHECK_CANCELED: Final = "HealthCheckCanceled"

    # Sources
    GIT_OPERATION_SUCCEEDED: Final = "GitOperationSucceeded"
    GIT_OPERATION_FAILED: Final = "GitOperationFailed"
    AUTHENTICATION_FAILED: Final = "AuthenticationFailed"
    VERIFICATION_ERROR: Final = "VerificationError"
    URL_INVALID: Final = "URLInvalid"
    ARTIFACT_UP_TO_DATE: Final = "ArtifactUpToDate"
    NEW_ARTIFACT: Final = "NewArtifact"
    NEW_REVISION: Final = "NewRevision"
    EMPTY_GIT_REPOSITORY: Final = "EmptyGitRepository"
    COPY_FAILURE: Final = "CopyFailure"
    INVALID_VERIFICATION_MODE: Final = "InvalidVerificationMode"
    INVALID_GIT_OBJECT: Final = "InvalidGitObject"
    INVALID_TAG_SIGNATURE: Final = "InvalidTagSignature"
    INVALID_COMMIT_SIGNATURE: Final = "InvalidCommitSignature"
    NOT_FOUND: Final = "NotFound"
    NO_ARTIFACT: Final = "NoArtifact"
    STORAGE_OPERATION_FAILED: Final = "StorageOperationFailed"
    ARCHIVE_OPERATION_FAILED: Final = "ArchiveOperationFailed"
    INVALID_PROVIDER_CONFIGURATION: Final = "InvalidProviderConfiguration"
