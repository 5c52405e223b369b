// Reads a directory of manifests as Argo CD does, with the decoder of Kubernetes that it uses:
//
//	directory [--recurse] [--include GLOB] [--exclude GLOB] FOLDER
//
// Prints the objects, lists unwrapped, as YAML documents; ends with 1 where Argo CD refuses them.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/gobwas/glob"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

var manifest = regexp.MustCompile(`^.*\.(yaml|yml|json)$`)

type selection struct {
	recurse          bool
	include, exclude string
}

func main() {
	var chosen selection
	flag.BoolVar(&chosen.recurse, "recurse", false, "also what lies deeper")
	flag.StringVar(&chosen.include, "include", "", "only files whose path matches")
	flag.StringVar(&chosen.exclude, "exclude", "", "no files whose path matches")
	flag.Parse()
	if err := run(flag.Arg(0), chosen); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
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
		objects, err := read(path)
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

func read(path string) ([]*unstructured.Unstructured, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	decoder := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096)
	for {
		var document runtime.RawExtension
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		raw := bytes.TrimSpace(document.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		object := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(raw, object); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		objects, err = unwrapped(objects, object)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
}

func unwrapped(objects []*unstructured.Unstructured, object *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	if !object.IsList() {
		return append(objects, object), nil
	}
	err := object.EachListItem(func(item runtime.Object) error {
		objects = append(objects, item.(*unstructured.Unstructured))
		return nil
	})
	return objects, err
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
