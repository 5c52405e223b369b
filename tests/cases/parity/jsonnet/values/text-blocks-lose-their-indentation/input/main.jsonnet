{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: {
    script: |||
      #!/bin/sh
      if true; then
        echo "import 'x'"
      fi
    |||,
    chomped: |||-
      one line
    |||,
  },
}
