"""What comes in: the application, its two formats, and other forms in the same inbox."""
