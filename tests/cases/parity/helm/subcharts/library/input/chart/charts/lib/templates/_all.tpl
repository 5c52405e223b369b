{{- define "lib.config" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Values.lib.prefix }}-{{ .Release.Name }}
{{- end -}}