import remote


def test_remote():
    assert remote.run("echo %s", "a") == "a"
    assert remote.greet("ann") == "ann"
    assert remote.branch_exists("main dev", "dev")
    assert not remote.branch_exists("main dev", "old")
    assert not remote.login({"password": "guess"})
