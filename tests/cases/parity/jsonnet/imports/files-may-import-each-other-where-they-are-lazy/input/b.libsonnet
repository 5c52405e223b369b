{ b: (import "main.jsonnet").a + 1 }
