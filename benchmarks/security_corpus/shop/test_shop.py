from views import app, products

products.add("a1", "cup", 5)
products.add("a2", "cup", 9)


def test_views():
    client = app.test_client()
    assert client.get("/price?sku=a1").text == "5"
    assert client.get("/price?sku=zz").status_code == 404
    assert client.get("/cheap?price=6&name=cup").text == "a1"


def test_orders():
    assert products.order("a1", 3) == 1
    assert products.order("a2", 1) == 2
