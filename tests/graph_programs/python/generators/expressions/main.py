def load(name):
    return Page()


class Page:
    def render(self):
        return "x"


pages = (load(name) for name in ["a"])
for page in pages:
    page.render()
"".join(page.render() for page in [load("b")])
