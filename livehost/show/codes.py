"""QR codes of product links, for the overlay."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import segno
from fastapi import FastAPI, HTTPException, Response

from livehost.show.api import Desk


def picture_of(link: str) -> bytes:
    """The code as SVG, with the white edge that cameras need."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", scale=5, border=2, light="#fff")
    return drawn.getvalue()


def codes(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/qr/{product_id:path}", summary="The QR code of a product's link, as SVG")
    async def code(product_id: str) -> Response:
        product = desk.knowledge.product_by_id.get(product_id)
        if product is None or urlsplit(product.link).scheme not in ("http", "https"):
            raise HTTPException(404, "there is no such product with a web address")
        return Response(picture_of(product.link), media_type="image/svg+xml")
