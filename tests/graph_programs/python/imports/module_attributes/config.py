from base import Settings


def _hook():
    return 1


hook = _hook
settings = Settings()
