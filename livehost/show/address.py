"""Where the pages are, and their door."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from livehost.errors import BadInput

_TLS = "Give --tls-cert and --tls-key PEM files that belong together; the key without a password"


@dataclass(frozen=True)
class Address:
    """Where the pages are. `certificate` and `key`: PEM files for TLS; empty: plain HTTP."""

    host: str
    port: int
    certificate: str = ""
    key: str = ""

    @property
    def url(self) -> str:
        reached = reachable(self.host)
        host = f"[{reached}]" if ":" in reached else reached
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def listen(address: Address) -> socket.socket:
    """The pages' door, before a session begins; raises BadInput when it can't be had."""
    for path in filter(None, (address.certificate, address.key)):
        if not Path(path).is_file():
            raise BadInput("there is no such file", where=path, fix=_TLS)
    if address.key and not address.certificate:
        raise BadInput("a key without its certificate", where=address.key, fix=_TLS)
    if address.certificate:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                address.certificate, address.key or None, password=_no_password
            )
        except (ssl.SSLError, OSError, ValueError) as trouble:
            why = getattr(trouble, "reason", None) or str(trouble)
            raise BadInput(f"the certificate can't be used: {why}", where=address.certificate, fix=_TLS) from None
    try:
        return socket.create_server(
            (address.host, address.port), family=socket.AF_INET6 if ":" in address.host else socket.AF_INET
        )
    except (OSError, OverflowError) as trouble:
        raise BadInput(
            f"the pages can't listen on port {address.port}: {getattr(trouble, 'strerror', None) or trouble}",
            where=address.host,
            fix="Stop what uses it, or give another --port or --listen",
        ) from None


def _no_password() -> str:
    """Else OpenSSL would ask for it on the terminal."""
    raise ValueError("its key wants a password")


def reachable(host: str) -> str:
    """The address under which another device on this network finds us."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which way out the system would take
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
