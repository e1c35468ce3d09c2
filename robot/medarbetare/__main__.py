"""`python -m medarbetare`."""

from medarbetare.cli import main

main()
