"""Pages that join apps, and those that belong to none."""
