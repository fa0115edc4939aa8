"""The pages over TLS with a real certificate of one's own: page, calls, socket and cookie."""

from __future__ import annotations

import io
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import av
import pytest
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from livehost import clock
from livehost.errors import BadInput
from livehost.show.address import Address, listen
from livehost.show.own_certificate import fingerprint, own_certificate
from livehost.show.passwords import Passwords
from livehost.weights import data_dir
from tests.browsing import chromium, needs_browser
from tests.looking import Looked, pages_of
from tests.running import Running, session, until
from tests.show.test_looks_real import SHOP, hard_evening

pytestmark = pytest.mark.slow
PASSWORD = "correct horse battery"


def _certificate(folder: Path) -> tuple[str, str]:
    """Self-signed, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "livehost of a test")])
    now: datetime = clock.local_now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return str(paths[0]), str(paths[1])


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return _certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def looked(tls: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    people = tmp_path_factory.mktemp("people") / "people.toml"
    Passwords(people).put("Mo", "moderator", PASSWORD)
    with pages_of(hard_evening(), SHOP, people, tls) as looked:
        yield looked


def test_who_trusts_the_certificate_gets_in_and_the_cookie_travels_encrypted_alone(
    looked: Looked, tls: tuple[str, str]
) -> None:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=tls[0]))
    )
    with opener.open(looked.base + "/api/state", timeout=30) as answer:
        assert json.loads(answer.read())["creator"].startswith("Käthe")
    body = json.dumps({"name": "Mo", "password": PASSWORD}).encode()
    request = urllib.request.Request(looked.base + "/api/sign-in", body, {"Content-Type": "application/json"})
    with opener.open(request, timeout=30) as answer:
        assert "Secure" in answer.headers["set-cookie"]


def test_without_tls_or_trust_there_is_nothing(looked: Looked) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises((urllib.error.URLError, OSError)):
        opener.open(looked.base.replace("https", "http") + "/api/state", timeout=10)
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        opener.open(looked.base + "/api/state", timeout=30)


@needs_browser
def test_the_console_works_over_tls(looked: Looked) -> None:
    with chromium() as browser:
        page = browser.new_context(ignore_https_errors=True, locale="en").new_page()
        page.goto(looked.base + "/console")
        page.wait_for_selector("#items .item")  # came through wss
        page.get_by_role("button", name="Mute", exact=True).click()
        until(lambda: [act.action for act in looked.received] == ["mute"])


def test_a_certificate_that_is_not_there_is_told_before_anything_begins(tls: tuple[str, str]) -> None:
    with pytest.raises(BadInput, match="there is no such file"):
        listen(Address("127.0.0.1", 0, "no.pem", tls[1]))


def test_what_is_no_certificate_or_not_the_keys_is_told(tls: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "junk.pem").write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    _, other_key = _certificate(tmp_path)
    locked = tmp_path / "locked.pem"
    key = serialization.load_pem_private_key(Path(tls[1]).read_bytes(), None)
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    for certificate, with_key in ((str(tmp_path / "junk.pem"), tls[1]), (tls[0], other_key), (tls[0], str(locked))):
        with pytest.raises(BadInput, match="the certificate can't be used"):
            listen(Address("127.0.0.1", 0, certificate, with_key))
    with pytest.raises(BadInput, match="a key without its certificate"):
        listen(Address("127.0.0.1", 0, "", tls[1]))


def test_a_session_is_reached_by_tls_alone(tls: tuple[str, str], tmp_path: Path) -> None:
    running = session(tmp_path, "--tls-cert", tls[0], "--tls-key", tls[1], trust=tls[0])
    try:
        here = next(running)
        link = json.loads(here.post("/api/invite", {"role": "moderator", "name": "Mo"})[1])["link"]
        assert link.startswith("https://")
        status, headers = here.get(link[link.index("/join") :])
        assert status == 303 and "Secure" in headers
        assert here.post("/api/mute")[0] < 300 and here.state()["muted"]
        with pytest.raises(OSError, match=r"."):
            Running(here.base.replace("https", "http"), 0, here.folder, here.creator).get("/api/state")
    finally:
        running.close()  # type: ignore[attr-defined]


def test_its_own_certificate_serves_until_it_runs_out_or_the_address_is_another(tmp_path: Path) -> None:
    now = clock.local_now()
    paths = own_certificate(tmp_path / "data", "192.0.2.7", now)
    first, mode = Path(paths[0]).read_bytes(), Path(paths[1]).stat().st_mode
    assert mode & 0o077 == 0
    assert own_certificate(tmp_path / "data", "127.0.0.1", now + timedelta(days=300)) == paths
    assert Path(paths[0]).read_bytes() == first
    own_certificate(tmp_path / "data", "127.0.0.1", now + timedelta(days=370))
    later = Path(paths[0]).read_bytes()
    own_certificate(tmp_path / "data", "192.0.2.8", now + timedelta(days=370))
    assert first != later != Path(paths[0]).read_bytes()
    Path(paths[0]).write_text("junk", encoding="ascii")
    own_certificate(tmp_path / "data", "192.0.2.8", now)
    x509.load_pem_x509_certificate(Path(paths[0]).read_bytes())
    with pytest.raises(BadInput, match="can't be written"):
        own_certificate(Path("/dev/null/data"), "127.0.0.1", now)


@needs_browser
def test_the_code_on_the_console_is_read_by_a_camera_and_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "weights").symlink_to(data_dir() / "weights")
    monkeypatch.setenv("LIVEHOST_DATA", str(data))
    running = session(tmp_path, "--tls", "--listen", "0.0.0.0", trust=str(data / "certificate.pem"))
    try:
        here = next(running)
        assert fingerprint(data / "certificate.pem") in (tmp_path / "log").read_text("utf-8")
        with chromium() as browser:
            desk = browser.new_context(ignore_https_errors=True, locale="en").new_page()
            desk.goto(here.base + "/console")
            desk.get_by_role("button", name="Invite").click()
            picture = desk.wait_for_selector("#box img, #box svg")
            with av.open(io.BytesIO(picture.screenshot()), "r") as shot:
                seen = next(shot.decode(video=0)).to_ndarray(format="gray")
            (link,) = [found.text for found in zxingcpp.read_barcodes(seen)]
            phone = browser.new_context(
                ignore_https_errors=True, locale="en", viewport={"width": 380, "height": 740}
            ).new_page()
            phone.set_content(f'<a href="{link}">from a message on another page</a>')
            phone.click("a")
            phone.get_by_role("button", name="Mute", exact=True).click()
            until(lambda: here.state()["muted"])
            assert here.state()["deeds"][0][1:3] == ["moderator", "mute"]
            assert phone.url == f"{link[: link.index('/join')]}/console" and not phone.is_visible("#invite")
            phone.goto(link)
            assert "used" in phone.inner_text("body")
    finally:
        running.close()  # type: ignore[attr-defined]
