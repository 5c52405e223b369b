package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apiserver/pkg/cel/environment"
)

var declaredTypes = map[string]*cel.Type{
	"": cel.DynType, "dyn": cel.DynType, "string": cel.StringType, "int": cel.IntType,
	"list": cel.ListType(cel.DynType), "map": cel.MapType(cel.StringType, cel.DynType),
}

// expression compiles and runs an expression in the newest environment of the API server.
func expression(q question) answer {
	vars := map[string]any{}
	if q.Vars != nil {
		must(utiljson.Unmarshal(q.Vars, &vars))
	}
	options := []cel.EnvOption{}
	for name := range vars {
		options = append(options, cel.Variable(name, declaredTypes[q.Declared[name]]))
	}
	base, err := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()).Env(environment.StoredExpressions)
	must(err)
	env, err := base.Extend(options...)
	must(err)
	ast, issues := env.Compile(q.Expr)
	if issues != nil && issues.Err() != nil {
		return answer{"compile": strings.SplitN(issues.Err().Error(), "\n", 2)[0]}
	}
	program, err := env.Program(ast)
	if err != nil {
		return answer{"program": err.Error()}
	}
	value, _, err := program.Eval(vars)
	if err != nil {
		return answer{"type": ast.OutputType().String(), "error": err.Error()}
	}
	return answer{"type": ast.OutputType().String(), "value": plain(value)}
}

// plain gives a value as JSON; what JSON has no place for is told by its type and text.
func plain(value ref.Val) any {
	converted, err := value.ConvertToNative(types.JSONValueType)
	if err != nil {
		return map[string]any{"type": value.Type().TypeName(), "text": fmt.Sprint(value.Value())}
	}
	text, err := protojson.Marshal(converted.(*structpb.Value))
	must(err)
	return json.RawMessage(text)
}
