import sys

import other
from pack import inner


def first():
    pass


def second():
    pass


def by_own_name(name):
    getattr(sys.modules[__name__], name)()


by_own_name("first")
sys.modules["other"].run()
other.run()
inner.start()
