"""PBKDF2 at a cost that the environment says: both sides of a shared database must agree on it, and tests need it low."""

import os

from django.contrib.auth import hashers


class PBKDF2PasswordHasher(hashers.PBKDF2PasswordHasher):
    iterations = int(os.environ.get("DJANGO_PBKDF2_ITERATIONS", hashers.PBKDF2PasswordHasher.iterations))
