"""What a reader, a step and a sink owe the house. Nothing here knows engines, builds, files or YAML."""
