"""Pages between approval and supervision: the regulator's inbox, the desk of the coordinators, reports and tasks."""
