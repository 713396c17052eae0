"""What the portal needs of this app before its first day; ``manage.py bootstrap`` runs it after the catalogue."""

from .commands.loading import load_transfers

STEPS = (("划转批次", load_transfers),)
