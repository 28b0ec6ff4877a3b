def answer():
    return 42


class Lazy:
    def __init__(self):
        self.known = answer

    def __getattr__(self, name):
        return answer

    def use(self):
        self.known()
        return self.known

    def ask(self):
        return self.unknown()


class Inner:
    def ping(self):
        return "ping"

    def pong(self):
        return "pong"


class Proxy:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def own(self):
        return self._inner.pong()


def ping_it(proxy):
    return proxy.ping()


def pong_it(proxy):
    return proxy.pong()


Lazy().use()
Lazy().ask()
ping_it(Proxy(Inner()))
pong_it(Proxy(Inner()))
Proxy(Inner()).own()


class Logged:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        found = getattr(self._inner, name)

        def wrapped():
            return found()

        return wrapped


Logged(Inner()).ping()
