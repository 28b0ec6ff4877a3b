"""As much of Flask as the projects here use, so that their tests need nothing installed."""

import re
from urllib.parse import parse_qsl, urlsplit


class HTTPError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Request:
    def __init__(self):
        self.args, self.form, self.files, self.cookies, self.headers, self.data, self.json = (
            {},
            {},
            {},
            {},
            {},
            b"",
            None,
        )

    def get_json(self):
        return self.json

    def get_data(self):
        return self.data


request = Request()


def abort(code):
    raise HTTPError(code)


class Response:
    def __init__(self, data, status=200):
        self.data, self.status_code = data, status

    @property
    def text(self):
        return self.data if isinstance(self.data, str) else self.data.decode()


def send_file(path):
    with open(path, "rb") as file:
        return Response(file.read())


class Flask:
    def __init__(self, name):
        self.config, self._routes, self.secret_key = {}, [], None

    def route(self, rule, methods=("GET",)):
        pattern = re.compile(
            "^"
            + re.sub(
                r"<(?:path:)?(\w+)>", lambda m: f"(?P<{m[1]}>" + (".+" if "path:" in m[0] else "[^/]+") + ")", rule
            )
            + "$"
        )

        def add(view):
            self._routes.append((pattern, view))
            return view

        return add

    get = post = route

    def test_client(self):
        return Client(self._routes)


class Client:
    def __init__(self, routes):
        self._routes = routes

    def open(self, url, **fields):
        request.__init__()
        parts = urlsplit(url)
        request.args = dict(parse_qsl(parts.query, keep_blank_values=True))
        for name, value in fields.items():
            setattr(request, name, value)
        for pattern, view in self._routes:
            match = pattern.match(parts.path)
            if match:
                try:
                    made = view(**match.groupdict())
                except HTTPError as error:
                    return Response("", error.code)
                if isinstance(made, tuple):
                    return Response(*made)
                return made if isinstance(made, Response) else Response(made)
        return Response("", 404)

    get = post = open
