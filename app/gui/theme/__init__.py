"""How Kith looks: one table of tokens, and what turns them into Qt's palette, style sheet and drawings."""
