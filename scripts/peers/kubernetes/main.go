// Answers, one JSON line for each on standard input, what Kubernetes' own code says of a custom
// resource definition, of an object of such a kind, or of a CEL expression.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type question struct {
	Ask      string            `json:"ask"`
	Name     string            `json:"name"`
	Object   json.RawMessage   `json:"object"`
	Old      json.RawMessage   `json:"old"`
	Schema   json.RawMessage   `json:"schema"`
	Scoped   bool              `json:"namespaced"`
	Expr     string            `json:"expression"`
	Vars     json.RawMessage   `json:"variables"`
	Declared map[string]string `json:"declared"`
}

type answer map[string]any

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		_ = out.Encode(respond(q))
	}
}

func respond(q question) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{"name": q.Name, "panic": fmt.Sprint(r)}
		}
	}()
	switch q.Ask {
	case "definition":
		a = definition(q)
	case "object":
		a = object(q)
	case "cel":
		a = expression(q)
	}
	a["name"] = q.Name
	return a
}
