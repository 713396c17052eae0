"""The ways out of the portal; they talk, and know no table but the one they report to."""
