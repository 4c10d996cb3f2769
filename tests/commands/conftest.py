from tests.commands.running import call, run

__all__ = ["call", "run"]
