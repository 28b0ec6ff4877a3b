from accounts import Accounts, etag, reset_token


def test_accounts():
    accounts = Accounts()
    accounts.register("ann", "pw")
    assert accounts.check("ann", "pw")
    assert not accounts.check("ann", "no")


def test_etag():
    assert etag(b"a") == "86f7e437faa5"
    assert len(reset_token()) == 32
