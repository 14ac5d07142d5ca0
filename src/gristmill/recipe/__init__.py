"""From YAML to a checked recipe, and its plan."""
