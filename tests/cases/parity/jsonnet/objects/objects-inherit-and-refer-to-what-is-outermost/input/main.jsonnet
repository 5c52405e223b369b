local base = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: $.app, labels: { app: $.app } },
  app:: error "app is needed",
};
base { app:: "web", metadata+: { labels+: { tier: "front" } } }
