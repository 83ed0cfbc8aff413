"""Tokens that end, answers that did not change, periods that are halved, TLS with two sides."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from models.ids import PartnerId
from recovery_flows.errors import PartnerUnavailableError, UnfitArgumentError
from recovery_flows.partners.rbp1.client import PartnerBank
from recovery_flows.partners.rbp1.connection import Certificates, Line
from recovery_flows.partners.rbp1.limiter import Gate
from tests.patience import PATIENCE_SECONDS

from .conftest import BUSY, LINES, START, A, Sandbox


class Heard:
    """What passes over a line."""

    def __init__(self, bank: PartnerBank) -> None:
        self.requests: list[str] = []
        self.statuses: list[int] = []
        hooks = bank._exchange.http.event_hooks
        hooks["request"].append(self._request)
        hooks["response"].append(self._response)

    async def _request(self, request: httpx.Request) -> None:
        self.requests.append(request.url.path)

    async def _response(self, response: httpx.Response) -> None:
        self.statuses.append(response.status_code)


async def test_what_did_not_change_is_not_sent_again(sandbox: Sandbox, reach: Any) -> None:
    bank = reach(sandbox, A)
    heard = Heard(bank)
    first, again = await bank.capabilities(), await bank.capabilities()
    page, _ = await bank.events(None)
    assert await bank.events(None) == (page, (await bank.events(None))[1])
    assert first == again
    assert heard.statuses == [200, 200, 304, 200, 304, 304]


async def test_a_token_that_ended_early_is_renewed_once(sandbox: Sandbox, reach: Any) -> None:
    bank = reach(sandbox, A)
    await bank.capabilities()
    bank._exchange._tokens._token = "forgotten-by-the-bank"
    heard = Heard(bank)
    await bank.capabilities()
    assert heard.requests == ["/v1/capabilities", "/oauth2/token", "/v1/capabilities"]


async def test_a_period_too_large_is_halved_and_joined(sandbox: Sandbox, reach: Any) -> None:
    bank = reach(sandbox, A)
    until = START + dt.timedelta(hours=1)
    whole, _ = await bank.statement(BUSY.number, START, until)
    sandbox.plant("too_large", "GET /v1/accounts/*/transactions", times=3)
    heard = Heard(bank)
    joined, raws = await bank.statement(BUSY.number, START, until)
    assert heard.statuses.count(413) == 3
    assert len(raws) == heard.statuses.count(200)
    assert (joined.lines, joined.opening, joined.closing) == (
        (whole.lines, whole.opening, whole.closing)
    )
    assert len(joined.lines) == LINES
    assert (joined.covers_from, joined.covers_to) == (whole.covers_from, whole.covers_to)


async def test_limits_that_a_bank_tells_are_kept(scripted: Any, bank: PartnerBank) -> None:
    told = {
        "profile": "RBP/1", "bankId": "bank-a", "name": "A", "jurisdiction": "CN",
        "currency": "CNY", "minPollSeconds": 90, "limits": {"events": {"perMinute": 1}},
    }  # fmt: skip
    scripted.will(told)
    assert (await bank.learn()).poll_seconds_min == 90
    scripted.will({"items": [], "hasMoreElements": False, "links": []})
    await bank.events(None)
    with pytest.raises(PartnerUnavailableError, match="gate is closed"):
        await bank.events(None)
    scripted.will()
    await bank.hold("h-1")


class Certified:
    """A certificate authority of the test, and a pair of files for each name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign("Synthetic CA", self.key, is_ca=True)
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _sign(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, is_ca: bool = False
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuer = name if is_ca else "Synthetic CA"
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        )
        return builder.sign(self.key, hashes.SHA256())

    def pair(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        cert, key_path = self.folder / f"{name}.pem", self.folder / f"{name}-key.pem"
        cert.write_bytes(self._sign(name, key).public_bytes(serialization.Encoding.PEM))
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return cert, key_path


@pytest.fixture
def certified(tmp_path: Path) -> Certified:
    return Certified(tmp_path)


@pytest.fixture
def tls_bank(certified: Certified) -> Iterator[str]:
    """A bank that lets only clients with a certificate in."""
    cert, key = certified.pair("server")
    app = Starlette(routes=[Route("/v1/capabilities", lambda _request: JSONResponse({}))])
    config = uvicorn.Config(
        app, port=0, log_level="critical", lifespan="off", ssl_certfile=str(cert),
        ssl_keyfile=str(key), ssl_ca_certs=str(certified.ca), ssl_cert_reqs=ssl.CERT_REQUIRED,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"https://localhost:{port}"
    server.should_exit = True
    thread.join(PATIENCE_SECONDS)


async def test_tls_with_both_certificates_gets_through_and_with_less_does_not(
    tls_bank: str, certified: Certified, open_bank: Any
) -> None:
    cert, key = map(str, certified.pair("client"))
    line = Line(PartnerId("bank-a"), tls_bank, "t", certificates=Certificates(str(certified.ca)))
    both = replace(line, certificates=Certificates(str(certified.ca), cert, key))
    answer = await open_bank(both, Gate(line.partner)).capabilities()
    assert answer.body == b"{}"
    for less in (line, replace(line, certificates=Certificates("", cert, key))):
        with pytest.raises(PartnerUnavailableError):
            await open_bank(less, Gate(line.partner)).capabilities()


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing of the kind")
    with pytest.raises(UnfitArgumentError, match=r"ca .*wrong\.pem is not"):
        Certificates(str(wrong)).context()
    with pytest.raises(UnfitArgumentError, match=r"client certificate .*wrong\.pem and its key"):
        Certificates(client=str(wrong)).context()
