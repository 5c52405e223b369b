// Builds kustomizations with kustomize's own library, one after the other in one process:
//
//	krusty [--rounds N] < PATHS
//
// PATHS are directories, one a line. Prints what it took as JSON: builds, bytes, and the seconds of
// the clock and of the processor. One build more, of the first path, comes before and does not count.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"syscall"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type taken struct {
	Builds  int     `json:"builds"`
	Bytes   int     `json:"bytes"`
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
}

func main() {
	rounds := flag.Int("rounds", 1, "how often all are built")
	flag.Parse()
	paths := lines()
	build(paths[0])
	var found taken
	began, cpu := time.Now(), cpuSeconds()
	for range *rounds {
		for _, path := range paths {
			found.Bytes += build(path)
			found.Builds++
		}
	}
	found.Seconds, found.CPU = time.Since(began).Seconds(), cpuSeconds()-cpu
	_ = json.NewEncoder(os.Stdout).Encode(found)
}

func lines() (paths []string) {
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		paths = append(paths, scanner.Text())
	}
	return paths
}

// build makes a Kustomizer of its own, as kustomize does, and returns how much it would print.
func build(path string) int {
	options := krusty.MakeDefaultOptions()
	options.Reorder = krusty.ReorderOptionLegacy
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), path)
	var text []byte
	if err == nil {
		text, err = resources.AsYaml()
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
		os.Exit(1)
	}
	return len(text)
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}
