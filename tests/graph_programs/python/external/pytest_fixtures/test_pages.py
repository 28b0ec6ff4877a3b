import pytest


class Page:
    def show(self):
        return 1


@pytest.fixture
def page():
    return Page()


def test_page(page, client):
    page.show()
    client.get("/")


class TestPages:
    @pytest.fixture
    def page(self):
        return self

    def helper(self):
        return 1

    def test_own(self, page, opened):
        page.helper()
        opened.get("/")


def plain(page):
    page.show()
