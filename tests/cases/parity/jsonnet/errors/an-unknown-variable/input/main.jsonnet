{
  kind: "A",
  x: y,
}
