from dataclasses import dataclass
from typing import Callable


def shout():
    return 1


def whisper():
    return 2


@dataclass(frozen=True)
class Rule:
    action: Callable
    otherwise: Callable = whisper

    def apply(self):
        self.action()
        return self.otherwise()


Rule(action=shout).apply()
