"""HEAD answers as GET does, without a body, and the server knows that it was a HEAD."""

import asyncio
from typing import Any

from risk_api.middleware import HeadAsGet


def test_the_app_sees_a_get_and_the_server_a_head() -> None:
    seen: list[tuple[str, str, bytes]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(("app", scope["method"], b""))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"hello"})

    scope = {"type": "http", "method": "HEAD"}

    async def send(message: Any) -> None:
        # A server looks at the method of the request when it counts the bytes of the body.
        seen.append((message["type"], scope["method"], message.get("body", b"")))

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(HeadAsGet(app)(scope, receive, send))
    assert seen == [
        ("app", "GET", b""),
        ("http.response.start", "HEAD", b""),
        ("http.response.body", "HEAD", b""),
    ]
