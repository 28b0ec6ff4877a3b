from web import app, store

store.add(2020, "north", 3)
store.add(2021, "north", 4)
store.add(2022, "south", 9)


def test_web():
    client = app.test_client()
    assert client.get("/total?region=north").text == "7"
    assert client.get("/largest?region=north").text == "2021"


def test_between():
    assert store.between("2021", "2022") == ["north", "south"]
