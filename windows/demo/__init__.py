"""Fictitious people, organisations and cases, for showing the portal and for measuring it. Never real data."""
