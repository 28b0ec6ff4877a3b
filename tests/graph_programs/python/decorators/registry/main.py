routes = {}


def route(path):
    def register(handler):
        routes[path] = handler
        return handler

    return register


@route("/")
def index():
    return "index"


@route("/about")
def about():
    return "about"


def dispatch(path):
    return routes[path]()


dispatch("/")
dispatch("/about")
