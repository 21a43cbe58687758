"""What the views show, as Qt models: values in, rows out; no engine, no bytes."""
