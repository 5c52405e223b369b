// Reads a directory of manifests as Argo CD does, with the libraries that it uses: the decoder of
// Kubernetes, go-jsonnet and gobwas/glob. The flags are those of its command line:
//
//	directory [--directory-recurse] [--directory-include GLOB] [--directory-exclude GLOB]
//	          [--jsonnet-tla-str NAME=VALUE] [...] [--jsonnet-libs FOLDER] FOLDER
//
// Prints the objects, lists unwrapped, as YAML documents; ends with 1 where Argo CD refuses them.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gobwas/glob"
	"github.com/google/go-jsonnet"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

var manifest = regexp.MustCompile(`^.*\.(yaml|yml|json|jsonnet)$`)

// A file that has this in it is left out.
const skipped = "+argocd:skip-file-rendering"

type selection struct {
	recurse          bool
	include, exclude string
	vm               *jsonnet.VM
}

func main() {
	chosen := selection{vm: jsonnet.MakeVM()}
	var libraries []string
	flag.BoolVar(&chosen.recurse, "directory-recurse", false, "also what lies deeper")
	flag.StringVar(&chosen.include, "directory-include", "", "only files whose path matches")
	flag.StringVar(&chosen.exclude, "directory-exclude", "", "no files whose path matches")
	flag.Func("jsonnet-tla-str", "an argument, as text", set(chosen.vm.TLAVar))
	flag.Func("jsonnet-tla-code", "an argument, as code", set(chosen.vm.TLACode))
	flag.Func("jsonnet-ext-var-str", "a variable, as text", set(chosen.vm.ExtVar))
	flag.Func("jsonnet-ext-var-code", "a variable, as code", set(chosen.vm.ExtCode))
	flag.Func("jsonnet-libs", "a folder of libraries", func(folder string) error {
		libraries = append(libraries, folder)
		return nil
	})
	flag.Parse()
	chosen.vm.Importer(&jsonnet.FileImporter{JPaths: append([]string{flag.Arg(0)}, libraries...)})
	if err := run(flag.Arg(0), chosen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func set(variable func(name, value string)) func(string) error {
	return func(text string) error {
		name, value, _ := strings.Cut(text, "=")
		variable(name, value)
		return nil
	}
}

func run(folder string, chosen selection) error {
	var found []*unstructured.Unstructured
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != folder && !chosen.recurse {
				return fs.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil || !manifest.MatchString(entry.Name()) || !chosen.takes(relative) {
			return err
		}
		objects, err := chosen.read(path)
		found = append(found, objects...)
		return err
	})
	if err != nil {
		return err
	}
	return show(found)
}

func (s selection) takes(path string) bool {
	if s.exclude != "" && glob.MustCompile(s.exclude).Match(path) {
		return false
	}
	return s.include == "" || glob.MustCompile(s.include).Match(path)
}

func (s selection) read(path string) ([]*unstructured.Unstructured, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // a link to nothing
	}
	if err != nil || bytes.Contains(content, []byte(skipped)) {
		return nil, err
	}
	switch filepath.Ext(path) {
	case ".jsonnet":
		return s.evaluate(path)
	case ".json":
		return decodeOne(content, true)
	}
	objects, err := decode(content)
	if err != nil && len(objects) == 0 && !looksLikeAnObject(content) {
		return nil, nil
	}
	return objects, err
}

func (s selection) evaluate(path string) ([]*unstructured.Unstructured, error) {
	text, err := s.vm.EvaluateFile(path)
	if err != nil {
		return nil, err
	}
	var elements []*unstructured.Unstructured
	if json.Unmarshal([]byte(text), &elements) != nil {
		return decodeOne([]byte(text), false)
	}
	var objects []*unstructured.Unstructured
	for _, element := range elements {
		if element != nil {
			if objects, err = unwrapped(objects, element); err != nil {
				return nil, err
			}
		}
	}
	return objects, nil
}

func looksLikeAnObject(content []byte) bool {
	for _, word := range []string{"apiVersion:", "kind:", "metadata:"} {
		if !bytes.Contains(content, []byte(word)) {
			return false
		}
	}
	return true
}

// decodeOne takes one object. What has no kind may be the manifest of an image, which Argo CD lets pass.
func decodeOne(content []byte, mayBeImage bool) ([]*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	decoder := json.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(object); err != nil && !(mayBeImage && runtime.IsMissingKind(err)) {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("more than one object")
	}
	return unwrapped(nil, object)
}

func decode(content []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return objects, err
		}
		if object != nil {
			if objects, err = unwrapped(objects, object); err != nil {
				return nil, err
			}
		}
	}
}

func unwrapped(objects []*unstructured.Unstructured, object *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if !object.IsList() {
		if isNullList(object.Object) {
			return objects, nil
		}
		return append(objects, object), nil
	}
	err := object.EachListItem(func(item runtime.Object) error {
		objects = append(objects, item.(*unstructured.Unstructured))
		return nil
	})
	return objects, err
}

func isNullList(object map[string]any) bool {
	items, isThere := object["items"]
	_, hasSpec := object["spec"]
	_, hasStatus := object["status"]
	return isThere && items == nil && !hasSpec && !hasStatus
}

func show(objects []*unstructured.Unstructured) error {
	for number, object := range objects {
		text, err := yaml.Marshal(object.Object)
		if err != nil {
			return err
		}
		if number > 0 {
			fmt.Println("---")
		}
		fmt.Print(string(text))
	}
	return nil
}
