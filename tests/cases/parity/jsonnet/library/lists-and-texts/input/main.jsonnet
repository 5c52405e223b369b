{
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a" },
  data: { s: std.sort([3, 1, 2], function(x) -x), split: std.splitLimitR("a.b.c", ".", 1), trim: std.trim(" a "), flat: std.flattenDeepArray([1, [2, [3]]]), slice: [1, 2, 3, 4][1::2], find: std.find(1, [1, 2, 1]), prune: std.prune({ a: null, b: [], c: 1 }), patch: std.mergePatch({ a: { b: 1 } }, { a: { c: null, d: 2 } }) },
}
