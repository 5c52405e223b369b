package main

import (
	"context"
	"encoding/json"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	crdvalidation "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

var scheme = runtime.NewScheme()

func init() {
	must(apiextensions.AddToScheme(scheme))
	must(v1.AddToScheme(scheme))
	must(v1.RegisterDefaults(scheme))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func internalDefinition(text json.RawMessage) *apiextensions.CustomResourceDefinition {
	var external v1.CustomResourceDefinition
	must(utiljson.Unmarshal(text, &external))
	scheme.Default(&external)
	var internal apiextensions.CustomResourceDefinition
	must(scheme.Convert(&external, &internal, nil))
	if len(internal.Status.StoredVersions) == 0 {
		for _, version := range internal.Spec.Versions {
			if version.Storage {
				internal.Status.StoredVersions = append(internal.Status.StoredVersions, version.Name)
			}
		}
	}
	return &internal
}

func definition(q question) answer {
	found := internalDefinition(q.Object)
	if q.Old == nil {
		return answer{"causes": causes(crdvalidation.ValidateCustomResourceDefinition(context.Background(), found))}
	}
	old := internalDefinition(q.Old)
	return answer{"causes": causes(crdvalidation.ValidateCustomResourceDefinitionUpdate(context.Background(), found, old))}
}

func causes(errs field.ErrorList) []map[string]string {
	found := []map[string]string{}
	for _, err := range errs {
		found = append(found, map[string]string{
			"reason": string(err.Type), "message": err.ErrorBody(), "field": err.Field,
		})
	}
	sort.SliceStable(found, func(i, j int) bool {
		return found[i]["field"]+found[i]["message"] < found[j]["field"]+found[j]["message"]
	})
	return found
}

func internalSchema(text json.RawMessage) *apiextensions.JSONSchemaProps {
	var external v1.JSONSchemaProps
	must(json.Unmarshal(text, &external))
	var internal apiextensions.JSONSchemaProps
	must(v1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(&external, &internal, nil))
	return &internal
}

func decoded(text json.RawMessage) map[string]any {
	var found map[string]any
	must(utiljson.Unmarshal(text, &found))
	return found
}

// object prunes and defaults an object as the handler of custom resources does, then validates it.
func object(q question) answer {
	props := internalSchema(q.Schema)
	structural, err := structuralschema.NewStructural(props)
	must(err)
	obj := decoded(q.Object)
	unknown := pruning.PruneWithOptions(obj, structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	defaulting.PruneNonNullableNullsWithoutDefaults(obj, structural)
	defaulting.Default(obj, structural)
	validator, _, err := validation.NewSchemaValidator(props)
	must(err)
	u := &unstructured.Unstructured{Object: obj}
	kind := schema.FromAPIVersionAndKind(u.GetAPIVersion(), u.GetKind())
	strategy := customresource.NewStrategy(nil, u.GetNamespace() != "", kind, validator, nil, structural, nil, nil, nil)
	var errs field.ErrorList
	result := runtime.DeepCopyJSON(obj)
	if q.Old == nil {
		errs = strategy.Validate(context.Background(), u)
	} else {
		old := &unstructured.Unstructured{Object: decoded(q.Old)}
		errs = strategy.ValidateUpdate(context.Background(), u, old)
	}
	return answer{"causes": causes(errs), "unknown": unknown, "result": result}
}
