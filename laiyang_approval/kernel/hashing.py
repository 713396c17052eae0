"""How passwords are kept: argon2id within 20 MB and 150 ms on the bureau's small machines (docs/adr)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PortalArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id, 19 MiB, four passes, one lane: two sign-ins at once stay far below the memory of one web process."""

    time_cost = 4
    memory_cost = 19 * 1024
    parallelism = 1
