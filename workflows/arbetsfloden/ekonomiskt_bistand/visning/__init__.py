"""What a case worker is shown."""
