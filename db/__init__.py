"""The store: models, sessions, and one module a stage that maps values and rows."""
