import config
import tokens


def test_round_trip():
    assert tokens.read(tokens.sign({"a": 1})) == {"a": 1}


def test_mark():
    assert tokens.mark("x") == tokens.mark("x") != tokens.mark("y")
    assert len(tokens.mark("x")) == 64


def test_config():
    assert not config.Config().debug
    assert config.Config().database_password
    assert not tokens.check_admin("guess")
