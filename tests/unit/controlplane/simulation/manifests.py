"""Workloads for tests, as text; what a test is about goes in as extra lines."""

from __future__ import annotations


def deployment(
    name: str = "web", *, replicas: int = 1, annotations: str = "{}", spec: str = ""
) -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  {spec}
  template:
    metadata: {{labels: {{app: {name}}}, annotations: {annotations}}}
    spec: {{containers: [{{name: app, image: "app:1", ports: [{{name: http, containerPort: 8080}}]}}]}}
"""


def stateful_set(*, replicas: int = 2, spec: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  replicas: {replicas}
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  {spec}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: app, image: "db:1"}}]}}
"""


def job(*, spec: str = "", annotations: str = "{}", restart: str = "Never") -> str:
    return f"""
apiVersion: batch/v1
kind: Job
metadata: {{name: work, annotations: {annotations}}}
spec:
  {spec}
  template:
    spec: {{restartPolicy: {restart}, containers: [{{name: app, image: "job:1"}}]}}
"""
