"""The command line. Nothing heavy is imported here, so that `--help` is quick."""


def main() -> None:
    """Entry point of `medarbetare`."""
    from medarbetare.database.connection import load_models

    load_models("medarbetare.web.settings")
    from medarbetare.cli.app import run_app

    run_app()
