"""`/go/PRODUCT`: a product's link by way of our own address, so that it can be counted who follows it.

It leads to what stands in products.csv and nowhere else. Nothing of who follows it is kept: a product and a moment.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from livehost.events import LinkOpened
from livehost.settings import Creator
from livehost.show.api import Desk
from livehost.show.guard import address_of

BELOW = "/go/"
_AGAIN_MS = 30_000  # from the same address: the same viewer, who pressed twice or came back
_REMEMBERED = 5000
# Who looks at a link to show what is behind it, and is nobody who follows it.
_ROBOT = re.compile(r"bot\b|bot/|crawl|spider|preview|embed|facebookexternalhit|whatsapp|slurp|^$", re.IGNORECASE)


def redirect_host(creator: Creator) -> str:
    """The name that viewers reach us by; empty: links go straight to the shop."""
    return urlsplit(creator.links.redirect).hostname or ""


def links(app: FastAPI, desk: Desk) -> None:
    last_ms: OrderedDict[tuple[str, str], int] = OrderedDict()

    def is_new(address: str, product_id: str, now_ms: int) -> bool:
        before = last_ms.pop((address, product_id), None)
        last_ms[address, product_id] = now_ms
        while len(last_ms) > _REMEMBERED:
            last_ms.popitem(last=False)
        return before is None or now_ms - before > _AGAIN_MS

    @app.get(BELOW + "{product_id:path}", summary="A product's page in the shop; whoever comes by is counted")
    async def go(product_id: str, request: Request, user_agent: Annotated[str, Header()] = "") -> Response:
        product = desk.knowledge.product_by_id.get(product_id)
        if product is None or not product.shop:
            raise HTTPException(404, "there is no such product")
        if not _ROBOT.search(user_agent) and is_new(address_of(request.scope), product_id, desk.now_ms()):
            desk.put(LinkOpened(product_id))
        return RedirectResponse(product.shop, 302)
