"""One module per verb, each with a ``command``; what several of them share lies beside this folder."""
