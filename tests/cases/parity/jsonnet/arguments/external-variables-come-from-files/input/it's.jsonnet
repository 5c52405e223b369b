{ n: importstr "note.txt" }
