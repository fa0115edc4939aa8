"""Spans to an OpenTelemetry collector, by OTLP over HTTP. Needs the extra `traces`."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from livehost import __version__
from livehost.errors import MissingPart
from livehost.observe.spans import Span

_SECONDS = 10  # for one batch, tries and all, where OTEL_EXPORTER_OTLP_TIMEOUT does not say otherwise
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


def are_wanted(endpoint: str, environment: Mapping[str, str]) -> bool:
    """Whether somebody has named a collector, and nobody has switched them off."""
    exporter = environment.get("OTEL_TRACES_EXPORTER", "")
    if exporter == "none" or environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return bool(endpoint or exporter == "otlp" or any(environment.get(name) for name in _ENDPOINTS))


@dataclass(frozen=True)
class Collector:
    """`send` takes a batch and tells whether it was taken; `close` gives up what is still tried again."""

    send: Callable[[Sequence[Span]], bool]
    close: Callable[[], None]


def collector(endpoint: str, about: Mapping[str, str], began_epoch_ms: int) -> Collector:
    """Raises MissingPart without the extra. `endpoint` goes before the environment's; `about` tells of the session."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import SpanExportResult
    except ImportError:
        raise MissingPart("the extra `traces` is not there", fix="Install livehost[traces]") from None
    from livehost.observe.otel import readable

    logging.getLogger("opentelemetry").propagate = False  # its troubles are told as the part's
    logging.getLogger("opentelemetry").addHandler(logging.NullHandler())
    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "livehost"}
    resource = Resource.create({**name, "service.version": __version__, **about})
    to = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
    exporter = OTLPSpanExporter(endpoint=to, timeout=None if "OTEL_EXPORTER_OTLP_TIMEOUT" in os.environ else _SECONDS)

    def send(spans: Sequence[Span]) -> bool:
        made = [readable(span, resource, began_epoch_ms) for span in spans]
        return exporter.export(made) is SpanExportResult.SUCCESS

    return Collector(send, exporter.shutdown)
