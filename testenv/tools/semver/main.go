// Judges versions as Helm and Flux do, with their library. Reads lines of JSON, a range and a version:
//
//	["^1.2", "1.5.0"]
//
// Prints a line for each: yes, no, or what is not well-formed: range or version.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/Masterminds/semver/v3"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var asked [2]string
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(out, judge(asked[0], asked[1]))
	}
}

func judge(wanted, version string) string {
	constraint, err := semver.NewConstraint(wanted)
	if err != nil {
		return "range"
	}
	parsed, err := semver.NewVersion(version)
	if err != nil {
		return "version"
	}
	if constraint.Check(parsed) {
		return "yes"
	}
	return "no"
}
