// Substitutes variables as Flux's kustomize-controller does, with its library:
//
//	substitute [--strict] --vars FILE FILE
//
// FILE of --vars is a YAML mapping of names to texts. Prints the text of FILE with its references
// filled in; ends with 1 where Flux refuses it.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/envsubst"
	"sigs.k8s.io/yaml"
)

func main() {
	strict := flag.Bool("strict", false, "refuse variables that are not set")
	vars := flag.String("vars", "", "the file of the variables")
	flag.Parse()
	if err := run(flag.Arg(0), *vars, *strict); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file, vars string, strict bool) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	values, err := read(vars)
	if err != nil {
		return err
	}
	// Where it is not strict, every variable counts as set.
	filled, err := envsubst.Eval(string(text), func(name string) (string, bool) {
		value, exists := values[name]
		return value, exists || !strict
	})
	if err == nil {
		fmt.Print(filled)
	}
	return err
}

func read(file string) (map[string]string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	return values, yaml.Unmarshal(content, &values)
}
