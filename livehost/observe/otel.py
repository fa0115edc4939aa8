"""A span as OpenTelemetry's SDK wants it."""

from __future__ import annotations

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from livehost import __version__
from livehost.observe.spans import Span

_SCOPE = InstrumentationScope("livehost", __version__)


def readable(span: Span, resource: Resource, began_epoch_ms: int) -> ReadableSpan:
    return ReadableSpan(
        span.name,
        context=_context(span.trace, span.span),
        parent=_context(span.trace, span.parent) if span.parent else None,
        resource=resource,
        attributes=span.attributes,
        kind=SpanKind.INTERNAL if span.parent else SpanKind.SERVER,
        instrumentation_scope=_SCOPE,
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=(began_epoch_ms + span.start_ms) * 1_000_000,
        end_time=(began_epoch_ms + span.end_ms) * 1_000_000,
    )


def _context(trace: str, span: str) -> SpanContext:
    return SpanContext(int(trace, 16), int(span, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))
