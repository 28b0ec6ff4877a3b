import courier
from courier import Session


def fetch(url):
    response = courier.get(url)
    response.raise_for_status()
    response.cookies.clear()
    for line in response.iter_lines():
        line.strip()
    return response.json()


def build():
    return courier.Session().get("a").json()


def use(session: Session):
    return session.get("b").json()


def pick(session: Session):
    by_name = session.history()
    return by_name["a"][0].json()


def default():
    courier.default.close()


fetch("a")
build()
use(Session())
pick(Session())
default()
