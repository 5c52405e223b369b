local n = "x.libsonnet";
import n
