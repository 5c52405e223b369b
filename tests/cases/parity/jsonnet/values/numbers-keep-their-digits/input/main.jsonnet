{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { big: 1e100, whole: 1e15, more: 1e16, beyond: 123456789012345678, third: 1 / 3, sum: 0.1 + 0.2, small: 1e-7, shifted: 1 << 52, negative: -5 % 3 },
}
