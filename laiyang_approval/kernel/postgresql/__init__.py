"""PostgreSQL as Django's backend has it, asked less often whether it is there, and what it has prepared."""
