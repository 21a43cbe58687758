"""Pages and their parts: they show values and tell what the person did, and decide nothing."""
