// import "a"
# importstr "b"
/* import "c" */
{ kind: "A", x: "import \"d\"", y: 'importstr "e"', z: @"import ""f""" }
