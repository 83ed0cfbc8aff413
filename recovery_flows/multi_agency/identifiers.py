"""Identifiers of an incident besides accounts: numbers, devices, domains, names, addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from models.entities.multi_agency import SubjectKind
from models.language.phrase import phrase

_TELEPHONE = re.compile(r"\+?[0-9]{5,15}")
_DEVICE = re.compile(r"[0-9]{14,16}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
_SPACED = re.compile(r"[\s().-]+")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LENGTH_MAX = 500
_NOT_ON_THE_INTERNET = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.168.0.0/16", "::/127", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
SPOKEN = {
    SubjectKind.NUMBER: phrase("number"),
    SubjectKind.IMEI: phrase("device"),
    SubjectKind.DOMAIN: phrase("domain"),
    SubjectKind.URL: phrase("page"),
    SubjectKind.ACCOUNT_NAME: phrase("account"),
    SubjectKind.IP: phrase("address"),
    SubjectKind.BANK_ACCOUNT: phrase("account"),
    SubjectKind.INCIDENT: phrase("incident"),
}


class IdentifierError(ValueError):
    """An invalid identifier; the sentence does not repeat it."""


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """The subject of a task; its value is personal data and appears only in the message body."""

    kind: SubjectKind
    value: str = field(repr=False)

    def key(self) -> str:
        """The text whose keyed fingerprint tells two subjects apart."""
        return f"{self.kind}\n{self.value}"


def identifier(kind: SubjectKind, text: str) -> Subject:
    """Normalise what a person typed to the spelling for partners; IdentifierError if invalid."""
    given = text.strip()
    if not given or len(given) > _LENGTH_MAX or _UNSEEN.search(given):
        raise IdentifierError(
            phrase(
                "{kind}: 1 to {most} plain characters",
                kind=_name(kind),
                most=_LENGTH_MAX,
            )
        )
    return Subject(kind, _READ[kind](given))


def site(text: str) -> Subject:
    """A domain, or a page where there is more than a host in the text."""
    is_page = "/" in text.strip().removesuffix("/")
    return identifier(SubjectKind.URL if is_page else SubjectKind.DOMAIN, text)


def hint(subject: Subject) -> str:
    """The hint stored in clear: the kind, and enough characters to tell two subjects apart."""
    name = SPOKEN[subject.kind]
    if subject.kind is SubjectKind.INCIDENT:
        return subject.value
    if subject.kind in (SubjectKind.DOMAIN, SubjectKind.URL):
        host = subject.value.split("//")[-1].split("/")[0].split(":")[0]
        more = "/··" if subject.kind is SubjectKind.URL else ""
        return f"{name} {host[:1]}··.{host.rpartition('.')[2]}{more}"
    if subject.kind is SubjectKind.ACCOUNT_NAME:
        return f"{name} {subject.value[:1]}··"
    if subject.kind is SubjectKind.IP:
        last = re.split(r"[.:]", subject.value)[-1]
        return f"{name} ··.{last}"
    return f"{name} ···· {subject.value[-4:]}"


def _name(kind: SubjectKind) -> str:
    is_platforms = kind is SubjectKind.ACCOUNT_NAME
    return phrase("platform account") if is_platforms else SPOKEN[kind]


def _number(text: str) -> str:
    number = _SPACED.sub("", text)
    if not _TELEPHONE.fullmatch(number):
        raise IdentifierError(
            phrase("a number is 5 to 15 digits, with its country's + if it has one")
        )
    return number


def _device(text: str) -> str:
    device = _SPACED.sub("", text)
    if not _DEVICE.fullmatch(device):
        raise IdentifierError(phrase("a device is the 14 to 16 digits of its IMEI"))
    return device


def _domain(text: str) -> str:
    try:
        name = text.rstrip("./").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if len(name) > 253 or not _DOMAIN.fullmatch(name):
        raise IdentifierError(
            phrase("a domain is a name such as shop.example, without any https://")
        )
    return name


def _page(text: str) -> str:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = _domain(parts.hostname or ""), parts.port
    except ValueError:
        raise IdentifierError(
            phrase("a page is an address such as https://shop.example/pay")
        ) from None
    if parts.scheme not in ("http", "https") or parts.username or re.search(r"\s", text):
        raise IdentifierError(phrase("a page is an address such as https://shop.example/pay"))
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}{query}"


def _address(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise IdentifierError(phrase("an address is one IP address, such as 203.0.113.7")) from None
    if any(address in network for network in _NOT_ON_THE_INTERNET):
        raise IdentifierError(
            phrase("this is an address of a private network, which identifies nobody")
        )
    return str(address)


_READ: Mapping[SubjectKind, Callable[[str], str]] = {
    SubjectKind.NUMBER: _number,
    SubjectKind.IMEI: _device,
    SubjectKind.DOMAIN: _domain,
    SubjectKind.URL: _page,
    SubjectKind.ACCOUNT_NAME: str,
    SubjectKind.IP: _address,
}
