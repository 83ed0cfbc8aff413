"""A bank's access token: asked for once however many calls wait, renewed in time (RFC 7523)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Annotated

import httpx
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from models.ids import PartnerId
from models.language.phrase import stored_phrase
from models.trouble import Trouble
from recovery_flows.errors import PartnerUnavailableError
from recovery_flows.partners.rbp1.signing import Signer

TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path, no secret
SCOPES = "accounts holds payouts events"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ANSWER_BYTES_MAX = 65_536
_MARGIN_SECONDS = 30
_CODE = re.compile(r"[a-z_]{1,40}")


class _Granted(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    access_token: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,4096}$")]
    token_type: str
    expires_in: Annotated[int, Field(ge=1, le=86_400)]


class _Denied(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    error: str = ""


class Tokens:
    """The access tokens of one client at one bank; belongs to one event loop.

    PartnerUnavailableError when the bank gives none: nothing was sent then, and all may be well
    once its register or our key is put right. httpx's own errors when it does not answer.
    """

    def __init__(
        self,
        partner: PartnerId,
        client_id: str,
        audience: str,
        signer: Signer,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._partner, self._client_id, self._signer = partner, client_id, signer
        self._audience, self._monotonic = audience, monotonic
        self._lock = asyncio.Lock()
        self._token, self._good_until = "", 0.0

    async def current(self, http: httpx.AsyncClient, stale: str = "") -> str:
        """A token that is good for some seconds yet and is not `stale` (which a bank refused)."""
        async with self._lock:
            if self._token in ("", stale) or self._monotonic() >= self._good_until:
                granted = await self._ask(http)
                self._token = granted.access_token
                # A short life keeps most of itself: a tenth of it is the margin then.
                margin = min(_MARGIN_SECONDS, granted.expires_in / 10)
                self._good_until = self._monotonic() + granted.expires_in - margin
            return self._token

    async def _ask(self, http: httpx.AsyncClient) -> _Granted:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "scope": SCOPES,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._signer.assertion(
                self._client_id, self._audience, int(time.time())
            ),
        }
        request = http.build_request("POST", TOKEN_PATH, data=form)
        return self._read(*await _exchange(http, request))

    def _read(self, status: int, body: bytes) -> _Granted:
        if status == httpx.codes.OK:
            try:
                granted = _Granted.model_validate_json(body)
            except ValidationError:
                raise self._none(stored_phrase("its token answer cannot be read")) from None
            if granted.token_type.lower() != "bearer":
                raise self._none(stored_phrase("its token is of a type that is not bearer"))
            return granted
        raise self._none(
            stored_phrase(
                "it gave no token ({code}, HTTP {status})", code=_code(body), status=status
            )
        )

    def _none(self, why: str) -> PartnerUnavailableError:
        return PartnerUnavailableError(self._partner, why, trouble=Trouble.NO_TOKEN)


def _code(body: bytes) -> str:
    try:
        code = _Denied.model_validate_json(body).error
    except ValidationError:
        code = ""
    return code if _CODE.fullmatch(code) else "without a reason"


async def _exchange(http: httpx.AsyncClient, request: httpx.Request) -> tuple[int, bytes]:
    body = bytearray()
    response = await http.send(request, stream=True)
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _ANSWER_BYTES_MAX:
                return response.status_code, b""
    finally:
        await response.aclose()
    return response.status_code, bytes(body)
