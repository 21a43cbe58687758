"""The settings: one page a subject, each choice with its consequence said beside it."""
