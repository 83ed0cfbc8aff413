"""What a flow's id is, asked once: each flow run would ask for its own again, and write for it.

Of a flow run's five requests (flow, run, running, run read again, ended) the first is answered from
memory. What fails empties the memory: a server whose home was made anew has other ids.
"""

from __future__ import annotations

import httpx

_FLOWS = "/flows/"


class KnownFlows(httpx.AsyncBaseTransport):
    """A transport that remembers what Prefect's API answered when a flow was named to it."""

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._inner = inner or httpx.AsyncHTTPTransport(retries=3)
        self._known: dict[bytes, bytes] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a flow's name from memory, send everything else."""
        names_flow = request.method == "POST" and request.url.path.endswith(_FLOWS)
        named = request.content if names_flow else b""
        if names_flow and named in self._known:
            return _json(httpx.codes.OK, self._known[named])
        try:
            response = await self._inner.handle_async_request(request)
        except httpx.TransportError:
            self._known.clear()
            raise
        if response.is_error:
            self._known.clear()
        elif names_flow:
            self._known[named] = await response.aread()
            return _json(response.status_code, self._known[named])
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _json(status: int, body: bytes) -> httpx.Response:
    return httpx.Response(status, headers={"Content-Type": "application/json"}, content=body)
