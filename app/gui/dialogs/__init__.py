"""Windows for one thing each.  They are opened and awaited, never executed: a nested loop would stop the tasks."""
