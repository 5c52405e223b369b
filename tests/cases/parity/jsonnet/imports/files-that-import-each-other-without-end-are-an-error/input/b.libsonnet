import "main.jsonnet"
