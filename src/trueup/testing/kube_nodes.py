"""A simulated machine for the real API server: the stages through which KWOK takes Nodes and Pods.

In KWOK's ``Stage`` kind (kwok.x-k8s.io/v1alpha1); the templates are Go's. A Pod is ready as soon
as it has a Node, one of a Job has then succeeded, and one that is deleted goes at once. All
containers have logged the same.
"""

from __future__ import annotations

from pathlib import Path

from trueup.objects import Manifest

SIMULATED = "trueup.dev/simulated"
"""The label of the nodes that are simulated; there may be others, of which nobody takes care."""

NODE: Manifest = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "kwok-0",
        "labels": {
            "kubernetes.io/hostname": "kwok-0",
            "kubernetes.io/os": "linux",
            SIMULATED: "true",
        },
    },
}

LOG = """\
2026-01-01T00:00:00.000000000Z stdout F This container is simulated: nothing runs, and nothing was logged.
2026-01-01T00:00:00.000000000Z stdout F It is one of KWOK's.
"""
"""What each container has logged, as a container runtime writes it."""


def logs_in(path: Path) -> str:
    """KWOK's ``ClusterLogs``: the log of each container is in the file at ``path``."""
    return f"""\
apiVersion: kwok.x-k8s.io/v1alpha1
kind: ClusterLogs
metadata: {{name: all}}
spec:
  logs:
  - {{logsFile: {path}}}
"""


STAGES = """\
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: node-becomes-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Node}
  selector:
    matchExpressions:
    - key: '.status.conditions.[] | select(.type == "Ready") | .status'
      operator: NotIn
      values: ["True"]
  next:
    statusTemplate: |
      phase: Running
      addresses: [{type: InternalIP, address: {{ Quote NodeIP }}}]
      daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
      capacity: {cpu: 1k, memory: 1Ti, pods: 10k}
      allocatable: {cpu: 1k, memory: 1Ti, pods: 10k}
      conditions:
      {{ range NodeConditions }}
      - type: {{ Quote .type }}
        status: {{ Quote .status }}
        reason: {{ Quote .reason }}
        message: {{ Quote .message }}
        lastHeartbeatTime: {{ Quote Now }}
        lastTransitionTime: {{ Quote Now }}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-becomes-ready}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.phase, operator: In, values: [Pending]}
  next:
    statusTemplate: |
      phase: Running
      startTime: {{ Quote Now }}
      conditions:
      {{ range $type := list "Initialized" "ContainersReady" "Ready" }}
      - {type: {{ $type }}, status: "True", lastTransitionTime: {{ Quote Now }}}
      {{ end }}
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ Quote .name }}
        image: {{ Quote .image }}
        imageID: ""
        ready: true
        started: true
        restartCount: 0
        state: {running: {startedAt: {{ Quote Now }}}}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-of-a-job-succeeds}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: DoesNotExist}
    - {key: .status.phase, operator: In, values: [Running]}
    - {key: '.metadata.ownerReferences.[].kind', operator: In, values: [Job]}
  next:
    statusTemplate: |
      phase: Succeeded
      containerStatuses:
      {{ range .spec.containers }}
      - name: {{ Quote .name }}
        image: {{ Quote .image }}
        imageID: ""
        ready: false
        restartCount: 0
        state: {terminated: {exitCode: 0, reason: Completed, finishedAt: {{ Quote Now }}}}
      {{ end }}
---
apiVersion: kwok.x-k8s.io/v1alpha1
kind: Stage
metadata: {name: pod-goes}
spec:
  resourceRef: {apiGroup: v1, kind: Pod}
  selector:
    matchExpressions:
    - {key: .metadata.deletionTimestamp, operator: Exists}
  next: {delete: true}
"""
