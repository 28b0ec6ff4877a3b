"""The `yantra` command."""

from yantra_bot.cli import run


def main() -> None:
    """Run the command line."""
    run()


if __name__ == "__main__":
    main()
