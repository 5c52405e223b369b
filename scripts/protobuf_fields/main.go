// Prints how Kubernetes encodes its built-in types in protobuf: for each type, what each field
// number is called in JSON and what it holds. Run in a module that requires k8s.io/client-go:
//
//	go run . > src/trueup/controlplane/protobuf/fields.json
//
// "[]" before a type: repeated; "{}": a map from string; "^": the message's fields are the parent's.
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
)

// Messages with a JSON form of their own.
var special = map[string]string{
	"resource.Quantity":    "quantity",
	"v1.Time":              "time",
	"v1.MicroTime":         "time",
	"v1.Duration":          "duration",
	"intstr.IntOrString":   "intorstring",
	"runtime.RawExtension": "raw",
	"v1.FieldsV1":          "raw",
}

var types = map[string]map[string]string{}
var kinds = map[string]string{}

func nameOf(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], "/") + "." + t.Name()
}

func hold(t reflect.Type) string {
	switch name, ok := special[t.String()]; {
	case ok:
		return name
	case t.Kind() == reflect.Ptr:
		return hold(t.Elem())
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return "bytes"
	case t.Kind() == reflect.Slice && t.Name() == "ExtraValue":
		return "items"
	case t.Kind() == reflect.Slice:
		return "[]" + hold(t.Elem())
	case t.Kind() == reflect.Map:
		return "{}" + hold(t.Elem())
	case t.Kind() == reflect.Struct:
		visit(t)
		return nameOf(t)
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		return "double"
	case t.Kind() == reflect.String || t.Kind() == reflect.Bool:
		return t.Kind().String()
	default:
		return "int"
	}
}

func visit(t reflect.Type) {
	name := nameOf(t)
	if _, seen := types[name]; seen {
		return
	}
	fields := map[string]string{}
	types[name] = fields
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("protobuf"), ",")
		if len(tag) < 2 {
			continue
		}
		json, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if json == "" {
			fields[tag[1]] = " ^" + hold(field.Type)
		} else if json != "-" {
			fields[tag[1]] = json + " " + hold(field.Type)
		}
	}
}

func main() {
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		unstable := strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta")
		suffixed := strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options")
		if gvk.Version == "__internal" || unstable || suffixed || gvk.Kind == "WatchEvent" {
			continue
		}
		visit(t)
		kinds[gvk.GroupVersion().String()+" "+gvk.Kind] = nameOf(t)
	}
	options := reflect.TypeOf(metav1.DeleteOptions{})
	visit(options)
	kinds["v1 DeleteOptions"] = nameOf(options)
	fmt.Println("{\"kinds\": {")
	printLines(kinds)
	fmt.Println("}, \"types\": {")
	printLines(types)
	fmt.Println("}}")
}

// printLines writes one entry per line, sorted, so that a new version gives a readable diff.
func printLines[V any](entries map[string]V) {
	for i, key := range slices.Sorted(maps.Keys(entries)) {
		value, err := json.Marshal(entries[key])
		if err != nil {
			panic(err)
		}
		if i > 0 {
			fmt.Println(",")
		}
		fmt.Printf("%q: %s", key, value)
	}
	fmt.Println()
}
