"""Objects that several tests give to kubectl."""

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - {name: server, image: "nginx:1"}
"""

WIDGETS = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
      schema:
        openAPIV3Schema:
          type: object
          description: A thing of some size.
          properties:
            spec: {type: object, properties: {size: {type: integer, description: How large it is.}}}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""

WIDGET = "{apiVersion: example.com/v1, kind: Widget, metadata: {name: one}, spec: {size: 3}}"
