// Prints which kinds kube-apiserver can read, by group and version. Run in a module that requires
// k8s.io/kubernetes:
//
//	go run . > src/trueup/schema/known_kinds.json
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

// Registered in every version.
var everywhere = []string{
	"CreateOptions", "DeleteOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent",
}

func main() {
	kinds := map[string][]string{}
	for gvk := range legacyscheme.Scheme.AllKnownTypes() {
		if gvk.Version != "__internal" && !slices.Contains(everywhere, gvk.Kind) {
			version := gvk.GroupVersion().String()
			kinds[version] = append(kinds[version], gvk.Kind)
		}
	}
	lines := []string{}
	for _, version := range slices.Sorted(maps.Keys(kinds)) {
		slices.Sort(kinds[version])
		names, err := json.Marshal(strings.Join(kinds[version], " "))
		if err != nil {
			panic(err)
		}
		lines = append(lines, fmt.Sprintf("%q: %s", version, names))
	}
	fmt.Printf("{\n%s\n}\n", strings.Join(lines, ",\n"))
}
