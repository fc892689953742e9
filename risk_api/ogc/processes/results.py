"""From an execution that has ended well to its results, in the form that was asked for."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response

from risk_api.ogc.links import JSON
from risk_api.responses import to_json_bytes

if TYPE_CHECKING:
    from risk_api.ogc.call import Call
    from risk_api.ogc.processes.process import Process, Question
    from risk_api.ogc.processes.request import Asked

#: What addresses of ``/ogc`` have before those of ``/v1`` do not.
OGC: Final = "/ogc"


def results(call: Call, process: Process, asked: Asked, question: Question) -> Response:
    """Return the output: itself or where it is, alone or in a document.

    Raises
    ------
    RiskError
        If the runs that it is made of are not there any more.
    """
    media_type = dict(process.formats)[asked.format]
    headers = {"Content-Language": call.language, "Cache-Control": "no-store"}
    path = question.path(asked.format, call.language)
    if asked.transmission == "reference":
        href = f"{call.base.removesuffix(OGC)}{path}"
        plain = media_type.partition("; charset")[0]
        if asked.response == "raw":
            headers["Link"] = f'<{href}>; rel="item"; type="{plain}"; title="{process.output}"'
            return Response(status_code=204, headers=headers)
        document: dict[str, Any] = {process.output: {"href": href, "rel": "item", "type": plain}}
        return Response(to_json_bytes(document), media_type=JSON, headers=headers)
    body = question.body(asked.format, call.language, call.root)
    if asked.response == "raw":
        return Response(body, media_type=media_type, headers=headers)
    document = {process.output: qualified(body, media_type)}
    return Response(to_json_bytes(document), media_type=JSON, headers=headers)


def qualified(body: bytes, media_type: str) -> dict[str, Any]:
    """Return a value with what it is, as a document holds it: JSON, text, or bytes in base64."""
    plain = media_type.partition(";")[0]
    if "json" in plain:
        return {"value": json.loads(body), "mediaType": plain}
    if plain.startswith("text/"):
        return {"value": body.decode("utf-8-sig"), "mediaType": plain}
    return {"value": b64encode(body).decode("ascii"), "mediaType": plain, "encoding": "base64"}
