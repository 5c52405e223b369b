{ a: error "no" }
