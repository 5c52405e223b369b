{
  kind: "A"
  x: 1
}
