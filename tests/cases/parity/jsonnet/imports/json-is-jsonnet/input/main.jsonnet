import "x.json"
