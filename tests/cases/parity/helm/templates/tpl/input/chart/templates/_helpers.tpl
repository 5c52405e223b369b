{{- define "shop.name" -}}
{{ .Chart.Name }}-{{ .Release.Name | trunc 5 }}
{{- end -}}
{{- define "shop.labels" -}}
app: {{ include "shop.name" . }}
version: {{ .Chart.Version | quote }}
{{- end -}}
