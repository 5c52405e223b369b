"""What is rendered: a thousand overlays on shared bases, as a fleet's repository has them."""

from __future__ import annotations

from pathlib import Path

KINDS = 20
"""Bases, each of one application."""

_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels: {{app: {name}}}
spec:
  replicas: 2
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      serviceAccountName: {name}
      containers:
        - name: {name}
          image: registry.example.com/team/{name}:1.0.0
          args: ["--listen=:8080", "--config=/etc/{name}/config.yaml"]
          ports:
            - {{name: http, containerPort: 8080, protocol: TCP}}
          env:
            - {{name: LOG_LEVEL, value: info}}
            - name: TOKEN
              valueFrom:
                secretKeyRef: {{name: {name}-token, key: token}}
          envFrom:
            - configMapRef: {{name: {name}-settings}}
          readinessProbe:
            httpGet: {{path: /ready, port: http}}
            periodSeconds: 5
          resources:
            requests: {{cpu: 100m, memory: 128Mi}}
            limits: {{memory: 256Mi}}
          volumeMounts:
            - {{name: config, mountPath: /etc/{name}}}
        - name: proxy
          image: registry.example.com/mesh/proxy:2.4.1
          args: ["--upstream=127.0.0.1:8080"]
      volumes:
        - name: config
          configMap: {{name: {name}-config}}
"""

_OTHERS = """\
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
  ports:
    - {{name: http, port: 80, targetPort: http}}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {name}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {name}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}
  minReplicas: 2
  maxReplicas: 10
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {{type: Utilization, averageUtilization: 80}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {name}
spec:
  minAvailable: 1
  selector:
    matchLabels: {{app: {name}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  annotations:
    cert-manager.io/cluster-issuer: letsencrypt
spec:
  rules:
    - host: {name}.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {name}
                port: {{name: http}}
  tls:
    - hosts: [{name}.example.com]
      secretName: {name}-tls
"""

_BASE = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployment.yaml
  - others.yaml
configMapGenerator:
  - name: {name}-config
    files: [config.yaml]
secretGenerator:
  - name: {name}-token
    literals: [token=change-me]
labels:
  - pairs: {{app.kubernetes.io/name: {name}, app.kubernetes.io/part-of: shop}}
    includeTemplates: true
"""

_OVERLAY = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: team-{number}
nameSuffix: "-{number}"
resources:
  - ../../bases/{name}
configMapGenerator:
  - name: {name}-settings
    literals:
      - CLUSTER=cluster-{number}
      - REGION=eu-{zone}
images:
  - name: registry.example.com/team/{name}
    newTag: 1.{zone}.{number}
replicas:
  - name: {name}
    count: {count}
labels:
  - pairs: {{cluster: cluster-{number}}}
patches:
  - path: resources.yaml
  - target: {{kind: Ingress}}
    patch: |
      - op: replace
        path: /spec/rules/0/host
        value: {name}.cluster-{number}.example.com
"""

_PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  template:
    spec:
      containers:
        - name: {name}
          env:
            - {{name: LOG_LEVEL, value: debug}}
          resources:
            limits: {{memory: {memory}Mi}}
"""


def write_overlays(root: Path, count: int) -> list[Path]:
    """Writes bases and ``count`` overlays below ``root``; the overlays' directories."""
    for kind in range(KINDS):
        name = f"app{kind}"
        files = {
            "deployment.yaml": _DEPLOYMENT,
            "others.yaml": _OTHERS,
            "kustomization.yaml": _BASE,
            "config.yaml": "greeting: hello\nlimits:\n  connections: 100\nfeatures: [a, b, c]\n",
        }
        _write(root / "bases" / name, files, name=name)
    return [_write_overlay(root, number) for number in range(count)]


def write_large(root: Path, objects: int) -> Path:
    """One directory of ``objects`` Deployments that all get a label, a namespace and a suffix."""
    texts = {
        f"d{number}.yaml": _DEPLOYMENT.format(name=f"app{number}") for number in range(objects)
    }
    entries = "".join(f"  - {name}\n" for name in texts)
    folder = root / "large"
    _write(folder, {}, name="")
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "kustomization.yaml").write_text(
        f"namespace: one\nnameSuffix: -x\ncommonLabels: {{team: shop}}\nresources:\n{entries}"
    )
    return folder


def _write_overlay(root: Path, number: int) -> Path:
    folder = root / "overlays" / f"overlay{number:04d}"
    files = {"kustomization.yaml": _OVERLAY, "resources.yaml": _PATCH}
    values = {"number": number, "zone": number % 7, "count": 1 + number % 5}
    _write(folder, files, name=f"app{number % KINDS}", memory=256 + number, **values)
    return folder


def _write(folder: Path, files: dict[str, str], **values: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        is_template = name != "config.yaml"
        (folder / name).write_text(text.format(**values) if is_template else text)
