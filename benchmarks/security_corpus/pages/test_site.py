from site_helpers import load

site = load()


def test_pages():
    client = site.app.test_client()
    assert client.get("/hello?name=Ann").text == "<h1>Hello Ann</h1>"
    assert client.get("/list?items=a,b").text == "<ul><li>a</li><li>b</li></ul>"
    assert client.get("/card?name=Ann").text == "<div>Ann</div>"
    assert "Ann" in site.badge("Ann")
