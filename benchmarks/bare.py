"""The least that a FastAPI service can be; what any service on this machine pays before it does anything."""

from __future__ import annotations

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def hello() -> dict[str, str]:
    return {"hello": "world"}
