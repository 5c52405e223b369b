(import "base.libsonnet") + { data: { a: importstr "../files/a.txt" } }
