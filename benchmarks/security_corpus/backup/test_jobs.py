from jobs import Job
from web import app


def test_backup(tmp_path):
    source, target, place = tmp_path / "s", tmp_path / "t", tmp_path / "p"
    for folder in (source, target, place):
        folder.mkdir()
    (source / "a.txt").write_text("a")
    job = Job(str(source), str(target))
    archive = job.pack("b.tar.gz")
    assert job.size(archive) > 0
    job.restore(archive, str(place))
    assert (place / "a.txt").read_text() == "a"


def test_web(tmp_path):
    (tmp_path / "x").mkdir()
    name = app.test_client().get(f"/pack?source={tmp_path}/x&target={tmp_path}&name=c.tgz").text
    assert name == f"{tmp_path}/c.tgz"
