"""What the agencies know about people, laid down once, and the ways in which portals ask for it."""
