"""What commands do: one file a command, imported when it runs."""
