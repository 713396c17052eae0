"""Pages of the kernel: signing in, people and rights, audit."""
