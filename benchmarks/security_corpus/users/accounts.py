import hashlib
import random
import string


class Accounts:
    def __init__(self):
        self._hashes = {}

    def register(self, name, password):
        self._hashes[name] = hashlib.md5(password.encode()).hexdigest()

    def check(self, name, password):
        return self._hashes.get(name) == hashlib.md5(password.encode()).hexdigest()


def etag(content):
    return hashlib.sha1(content).hexdigest()[:12]


def reset_token():
    return "".join(random.choice(string.ascii_letters) for _ in range(32))
