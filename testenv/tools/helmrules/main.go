// Applies Helm's own rules for values, streams and ignored files. Reads one JSON object a line, with a
// "rule" and what it is applied to, and prints what comes out, as JSON, a line for each:
//
//	{"rule": "set", "text": "a.b=1", "values": {}}     the values, or {"error": "..."}
//	{"rule": "split", "text": "a: 1\n---\nb: 2"}       the documents
//	{"rule": "ignore", "text": "*.bak", "path": "a.bak", "folder": false}    whether it is hidden
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"
	"time"

	"helm.sh/helm/v4/pkg/ignore"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"helm.sh/helm/v4/pkg/strvals"
)

type question struct {
	Rule, Text, Path string
	Folder           bool
	Values           map[string]any
}

func main() {
	lines := json.NewDecoder(bufio.NewReader(os.Stdin))
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.More() {
		var asked question
		if err := lines.Decode(&asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answer, err := asked.answer()
		if err != nil {
			answer = map[string]string{"error": err.Error()}
		}
		if err := out.Encode(answer); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (q question) answer() (any, error) {
	switch q.Rule {
	case "split":
		return split(q.Text), nil
	case "ignore":
		rules, err := ignore.Parse(strings.NewReader(q.Text))
		if err != nil {
			return nil, err
		}
		rules.AddDefaults()
		return rules.Ignore(q.Path, entry(q.Folder)), nil
	}
	err := set(q.Rule, q.Text, q.Values)
	return q.Values, err
}

func set(rule, text string, values map[string]any) error {
	switch rule {
	case "set-string":
		return strvals.ParseIntoString(text, values)
	case "set-json":
		return strvals.ParseJSON(text, values)
	case "set-literal":
		return strvals.ParseLiteralInto(text, values)
	case "set-file":
		return strvals.ParseIntoFile(text, values, func(name []rune) (any, error) {
			return "FILE:" + string(name), nil
		})
	}
	return strvals.ParseInto(text, values)
}

func split(text string) []string {
	found := releaseutil.SplitManifests(text)
	keys := make([]string, 0, len(found))
	for key := range found {
		keys = append(keys, key)
	}
	sort.Sort(releaseutil.BySplitManifestsOrder(keys))
	documents := make([]string, 0, len(keys))
	for _, key := range keys {
		documents = append(documents, found[key])
	}
	return documents
}

// entry is all that a rule asks of a file: whether it is a folder.
type entry bool

func (e entry) IsDir() bool        { return bool(e) }
func (e entry) Name() string       { return "" }
func (e entry) Size() int64        { return 0 }
func (e entry) Mode() fs.FileMode  { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) Sys() any           { return nil }
