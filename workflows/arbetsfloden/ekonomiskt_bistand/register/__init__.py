"""What other systems answer about people and cases, as they wrote it, and whether it can be right."""
