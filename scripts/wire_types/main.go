// Prints how Kubernetes writes its built-in types as JSON: for each type, each field, whether a
// zero value is written, and what it holds; and what Go's decoder calls them where that tells no
// more: types of texts, lists and maps that have a name, and the structs that fields come from
// that are embedded in another. Run in a module that requires k8s.io/kubernetes:
//
//	go run . > src/trueup/schema/wire_types.json
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

// Types with a JSON form of their own.
var special = map[string]string{
	"resource.Quantity":               "quantity",
	"v1.Time":                         "time",
	"v1.MicroTime":                    "microtime",
	"v1.Duration":                     "string",
	"intstr.IntOrString":              "intorstring",
	"runtime.RawExtension":            "any",
	"v1.FieldsV1":                     "any",
	"v1.JSON":                         "any",
	"v1.JSONSchemaPropsOrArray":       "apiextensions/v1.JSONSchemaProps",
	"v1.JSONSchemaPropsOrBool":        "apiextensions/v1.JSONSchemaProps",
	"v1.JSONSchemaPropsOrStringArray": "apiextensions/v1.JSONSchemaProps",
}

var skipped = map[string]bool{
	"APIGroup": true, "APIVersions": true, "RangeAllocation": true, "SerializedReference": true,
	"WatchEvent": true, "Status": true, "AdmissionReview": true, "ComponentStatus": true,
}

type table struct {
	Kinds map[string]string            `json:"kinds"`
	Types map[string]map[string]string `json:"types"`
	// By type and field.
	Named    map[string]map[string]string `json:"named"`
	Embedded map[string]map[string]string `json:"embedded"`
}

var found = table{
	Kinds:    map[string]string{},
	Types:    map[string]map[string]string{},
	Named:    map[string]map[string]string{},
	Embedded: map[string]map[string]string{},
}

func nameOf(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], "/") + "." + t.Name()
}

func hold(t reflect.Type) string {
	switch name, ok := special[t.String()]; {
	case ok:
		return name
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return "bytes"
	case t.Kind() == reflect.Slice:
		return "[]" + hold(t.Elem())
	case t.Kind() == reflect.Map:
		return "{}" + hold(t.Elem())
	case t.Kind() == reflect.Ptr:
		return hold(t.Elem())
	case t.Kind() == reflect.Struct:
		if _, own := reflect.PointerTo(t).MethodByName("UnmarshalJSON"); own {
			return "any"
		}
		visit(t)
		return nameOf(t)
	case t.Kind() == reflect.Interface:
		return "any"
	case t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64:
		return t.Kind().String()
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		return "int64"
	case t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64:
		return "float64"
	default:
		return t.Kind().String()
	}
}

// presence: "*" kept when set, even to zero; "=" the same, but null when not set; "!" always
// written; "?" left out when zero.
func presence(t reflect.Type, options string) string {
	drops := strings.Contains(options, "omitempty")
	switch {
	case strings.Contains(options, "omitzero"):
		return "?"
	case t.Kind() == reflect.Ptr && drops:
		return "*"
	case t.Kind() == reflect.Ptr:
		return "="
	case t.Kind() == reflect.Struct || !drops:
		return "!"
	default:
		return "?"
	}
}

func visit(t reflect.Type) {
	name := nameOf(t)
	if _, seen := found.Types[name]; seen {
		return
	}
	found.Types[name] = map[string]string{}
	fields(t, name, "")
}

// isNamed is whether a type, or what a list or map of no name holds, has a name of its own in Go.
func isNamed(t reflect.Type) bool {
	switch {
	case t.Kind() == reflect.Ptr:
		return isNamed(t.Elem())
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Interface:
		return false
	case t.PkgPath() != "":
		return true
	case t.Kind() == reflect.Slice || t.Kind() == reflect.Map:
		return isNamed(t.Elem())
	}
	return false
}

func put(table map[string]map[string]string, owner, field, value string) {
	if table[owner] == nil {
		table[owner] = map[string]string{}
	}
	table[owner][field] = value
}

// fields notes those of t, which is embedded in owner as within says, if it is not owner itself.
func fields(t reflect.Type, owner, within string) {
	for i := 0; i < t.NumField(); i++ {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		embedded := field.Type
		if embedded.Kind() == reflect.Ptr {
			embedded = embedded.Elem()
		}
		if name == "" && field.Anonymous && embedded.Kind() == reflect.Struct {
			fields(embedded, owner, strings.TrimPrefix(within+"."+embedded.Name(), "."))
		} else if name != "" && name != "-" {
			found.Types[owner][name] = presence(field.Type, options) + hold(field.Type)
			if isNamed(field.Type) {
				put(found.Named, owner, name, strings.TrimPrefix(field.Type.String(), "*"))
			}
			if within != "" && within != "TypeMeta" {
				put(found.Embedded, owner, name, within)
			}
		}
	}
}

func main() {
	for gvk, t := range legacyscheme.Scheme.AllKnownTypes() {
		unstable := strings.Contains(gvk.Version, "alpha") || strings.Contains(gvk.Version, "beta")
		suffixed := strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options")
		if gvk.Version == "__internal" || unstable || suffixed || skipped[gvk.Kind] {
			continue
		}
		visit(t)
		found.Kinds[gvk.GroupVersion().String()+" "+gvk.Kind] = nameOf(t)
	}
	crd := reflect.TypeOf(apiextensionsv1.CustomResourceDefinition{})
	visit(crd)
	found.Kinds["apiextensions.k8s.io/v1 CustomResourceDefinition"] = nameOf(crd)
	fmt.Println("{\"kinds\": {")
	printLines(found.Kinds)
	fmt.Println("}, \"types\": {")
	printLines(found.Types)
	fmt.Println("}, \"named\": {")
	printLines(found.Named)
	fmt.Println("}, \"embedded\": {")
	printLines(found.Embedded)
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
