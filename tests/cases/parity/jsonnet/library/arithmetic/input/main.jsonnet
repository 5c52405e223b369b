{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { pow: std.pow(2, 0.5), hypot: std.hypot(3, 4), atan2: std.atan2(1, 2), log2: std.log2(8), round: std.round(2.5), modulo: 5.5 % 2, mantissa: std.mantissa(8), not: ~1 },
}
