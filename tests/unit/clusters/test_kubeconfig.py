"""A kubeconfig is read strictly: nothing in it is run, and nobody but the cluster is shown a token."""

import base64
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.cluster.manifests import merged
from yantra_bot.clusters.kubeconfig import read_access, read_kubeconfig, read_pod
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import SettingsError, UserError

TOKEN = "s3cr3t-token-of-the-bot"
CONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "main",
    "clusters": [
        {"name": "c", "cluster": {"server": "https://k.example.com:6443", "certificate-authority-data": "Q0E="}}
    ],
    "users": [{"name": "bot", "user": {"token": TOKEN}}, {"name": "other", "user": {"token": "other"}}],
    "contexts": [
        {"name": "main", "context": {"cluster": "c", "user": "bot"}},
        {"name": "second", "context": {"cluster": "c", "user": "other"}},
    ],
}
USER, CLUSTER = "users.0.user", "clusters.0.cluster"


def write(folder: Path, config: Any, mode: int = 0o600) -> Path:
    file = folder / "kubeconfig.yaml"
    file.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
    file.chmod(mode)
    return file


def test_what_is_ordinary_is_read(tmp_path: Path) -> None:
    """The current context, or a named one; secrets stay out of the repr."""
    access = read_kubeconfig("main", write(tmp_path, CONFIG), "")
    assert (access.server, access.ca, access.bearer()) == ("https://k.example.com:6443", b"CA", TOKEN)
    assert TOKEN not in repr(access)
    assert read_access("main", f"{tmp_path / 'kubeconfig.yaml'}#second").bearer() == "other"


@pytest.mark.case("H19")
@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (USER, {"exec": {"command": "/tmp/x"}}, "`exec`, which is refused: it runs a program"),
        (USER, {"token": TOKEN, "exec": {"command": "/tmp/x"}}, "`exec`"),
        (USER, {"auth-provider": {"name": "gcp"}}, "`auth-provider`, which is refused: it runs a program"),
        (USER, {"username": "a"}, "`username`"),
        (USER, {"token": TOKEN, "as": "system:admin"}, "`as`"),
        (USER, {"token": TOKEN, "mystery": "x"}, "`mystery`, which is refused: nothing here knows it"),
        (f"{CLUSTER}.insecure-skip-tls-verify", True, "`insecure-skip-tls-verify`, which is refused"),
        (f"{CLUSTER}.proxy-url", "http://p.example.com", "`proxy-url`, which is refused"),
        (f"{CLUSTER}.server", "http://k.example.com", "no https address"),
        (f"{CLUSTER}.server", "https://a:b@k.example.com", "no https address"),
        (f"{CLUSTER}.server", "", "no https address"),
        (f"{CLUSTER}.certificate-authority", "../outside.crt", "outside of the kubeconfig's folder"),
        (f"{USER}.tokenFile", "/etc/hostname", "outside of the kubeconfig's folder"),
        (f"{USER}.client-certificate", "/etc/hostname", "outside of the kubeconfig's folder"),
        (f"{CLUSTER}.certificate-authority-data", "no base64!", "is no base64"),
        (USER, {}, "no token and no client certificate"),
        (USER, {"client-certificate-data": "Q0E="}, "without its key"),
        (f"{USER}.token", "a\nb", "has a line break in it"),
        ("current-context", "nowhere", "no context named 'nowhere'"),
        ("contexts.0.context.user", "nobody", "no user named 'nobody'"),
        ("contexts", [CONFIG["contexts"][0]] * 2, "more than one context"),
        ("kind", "Secret", "is no kubeconfig"),
    ],
)
def test_what_could_run_or_show_something_is_refused_with_the_cure(
    tmp_path: Path, path: str, value: object, said: str
) -> None:
    """At start, and with no secret in the words."""
    changed = merged(CONFIG, {path: value})
    if path.endswith("certificate-authority"):
        changed = merged(changed, {f"{CLUSTER}.certificate-authority-data": None})
    with pytest.raises(SettingsError) as refused:
        read_kubeconfig("main", write(tmp_path, changed), "")
    assert said in str(refused.value)
    assert "Cure" in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_a_file_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    """Whatever it is."""
    with pytest.raises(SettingsError, match="can be read by others"):
        read_kubeconfig("main", write(tmp_path, CONFIG, 0o644), "")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_kubeconfig("main", tmp_path / "nowhere.yaml", "")
    for text in (f"token: [{TOKEN}", "- a", "!!python/object/apply:os.system [id]", "a" * 300_000):
        with pytest.raises(SettingsError) as refused:
            read_kubeconfig("main", write(tmp_path, text), "")
        assert TOKEN not in str(refused.value)


def test_files_beside_it_are_read_and_links_that_lead_away_are_not(tmp_path: Path) -> None:
    """A token file is read each time that it is asked for."""
    folder = tmp_path / "conf"
    folder.mkdir()
    (folder / "token").write_text("first\n")
    access = read_kubeconfig("main", write(folder, merged(CONFIG, {USER: {"tokenFile": "token"}})), "")
    assert access.bearer() == "first"
    (folder / "token").write_text("second\n")
    assert access.bearer() == "second"
    (tmp_path / "outside").write_text("x")
    (folder / "link").symlink_to(tmp_path / "outside")
    with pytest.raises(SettingsError, match="outside"):
        read_kubeconfig("main", write(folder, merged(CONFIG, {USER: {"tokenFile": "link"}})), "")


def test_a_client_certificate_is_read(tmp_path: Path) -> None:
    """As data in the file."""
    data = {"client-certificate-data": base64.b64encode(b"CRT").decode(), "client-key-data": "S0VZ"}
    access = read_kubeconfig("main", write(tmp_path, merged(CONFIG, {USER: data})), "")
    assert (access.certificate, access.key, access.bearer()) == (b"CRT", b"KEY", "")


def test_a_pod_reaches_its_own_cluster(tmp_path: Path) -> None:
    """By what it is given; elsewhere there is none."""
    (tmp_path / "token").write_text("t")
    (tmp_path / "ca.crt").write_text("CA")
    given = {"KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"}
    access = read_pod("main", given, tmp_path)
    assert (access.server, access.bearer()) == ("https://[fd00::1]:443", "t")
    with pytest.raises(SettingsError, match="runs in none"):
        read_pod("main", {}, tmp_path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_pod("main", given, tmp_path / "nowhere")


SHOP = Repository(1, "Acme", "shop")


def test_a_repository_deploys_only_where_the_operator_says(tmp_path: Path) -> None:
    """Capitals of a repository's name say nothing; a namespace is that one alone."""
    file = write(tmp_path, CONFIG)
    clusters = KubernetesClusters(
        [f"main={file}", f"other={file}#second"], ["acme/*=main/shop", "acme/shop=main/shop-staging"], tmp_path
    )
    assert clusters.names() == ("main", "other")
    assert clusters.open(SHOP, Environment("production", "main", "shop")).namespace == "shop"
    for cluster, namespace, said in (
        ("other", "shop", "may not deploy to other/shop"),
        ("main", "shop-production", "may not deploy to main/shop-production"),
        ("main", "kube-system", "may not deploy"),
        ("nowhere", "shop", "names the cluster 'nowhere'"),
    ):
        with pytest.raises(UserError, match=said):
            clusters.open(SHOP, Environment("production", cluster, namespace))
    with pytest.raises(UserError, match="may not deploy"):
        clusters.open(Repository(2, "evil", "shop"), Environment("production", "main", "shop"))
    with pytest.raises(UserError, match="may not deploy"):
        KubernetesClusters([f"main={file}"], [], tmp_path).open(SHOP, Environment("p", "main", "shop"))


@pytest.mark.parametrize(
    ("clusters", "targets", "said"),
    [
        (["main"], [], "YANTRA_CLUSTERS has 'main'"),
        (["main={file}", "main={file}"], [], "each name once"),
        (["a b={file}"], [], "YANTRA_CLUSTERS"),
        (["main={file}"], ["acme/shop"], "YANTRA_DEPLOY_TARGETS has 'acme/shop'"),
        (["main={file}"], ["acme=main/shop"], "YANTRA_DEPLOY_TARGETS"),
        (["main={file}"], ["acme/shop=main/*"], "YANTRA_DEPLOY_TARGETS"),
        (["main={file}"], ["acme/shop=other/shop"], "whose cluster is not in YANTRA_CLUSTERS"),
        (["main={file}"], ["acme/shop=main/kube-system"], "namespaces of the cluster itself"),
    ],
)
def test_settings_that_make_no_sense_stop_the_start(
    tmp_path: Path, clusters: list[str], targets: list[str], said: str
) -> None:
    """With the cure."""
    file = str(write(tmp_path, CONFIG))
    with pytest.raises(SettingsError, match="Cure") as refused:
        KubernetesClusters([word.replace("{file}", file) for word in clusters], targets, tmp_path)
    assert said in str(refused.value)
