{ x: import 'y.libsonnet' }
