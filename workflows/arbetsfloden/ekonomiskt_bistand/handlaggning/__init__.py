"""The stretches of the story that touch the world: reading, asking, hearing, deciding, writing, reading again."""
