"""A certificate that Livehost makes for its own pages. Nobody vouches for it: a browser asks once whether to trust it."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from livehost.errors import BadInput
from livehost.show.address import reachable

CERTIFICATE, KEY = "certificate.pem", "certificate-key.pem"  # in the user's data folder
_LASTS = timedelta(days=397)  # browsers take no certificate that lasts longer
_RENEWED = timedelta(days=30)  # before its end


def own_certificate(folder: Path, host: str, now: datetime) -> tuple[str, str]:
    """Paths of certificate and key in `folder`, for `host` as other devices reach it; made where there is none that still
    serves, so that a phone which trusts it is not asked again every evening. Raises BadInput where it can't be written."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    names = {"127.0.0.1", "::1", reachable(host)}
    if not (key.is_file() and _serves(certificate, names, now)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _make(certificate, key, names, now)
        except OSError as trouble:
            raise BadInput(
                f"the certificate can't be written: {trouble.strerror}",
                where=str(folder),
                fix="Make room or give the right to write there, or give --tls-cert and --tls-key",
            ) from None
    return str(certificate), str(key)


def fingerprint(certificate: Path) -> str:
    """SHA-256, as browsers show it."""
    told = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))).hexdigest().upper()
    return ":".join(told[n : n + 2] for n in range(0, len(told), 2))


def _serves(certificate: Path, names: set[str], now: datetime) -> bool:
    try:
        kept = x509.load_pem_x509_certificate(certificate.read_bytes())
        for_names = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False
    known = {str(address) for address in for_names.get_values_for_type(x509.IPAddress)}
    return names <= known and kept.not_valid_after_utc - now > _RENEWED


def _make(certificate: Path, key: Path, names: set[str], now: datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Livehost on {socket.gethostname()}"[:64])])
    reached = [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(address)) for address in sorted(names))]
    made = (
        x509.CertificateBuilder(name, name, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now - timedelta(days=1) + _LASTS)
        .add_extension(x509.SubjectAlternativeName(reached), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secret.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
