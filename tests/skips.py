"""Reasons a test is left out, said in the closing line."""

NEEDS_POSTGRES = "needs PostgreSQL"
NEEDS_BROWSER = "needs chromium-headless-shell"
