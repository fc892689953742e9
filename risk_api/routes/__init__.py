"""HTTP: a resource a file; what it answers is made elsewhere."""
