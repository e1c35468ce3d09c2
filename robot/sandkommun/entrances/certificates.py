"""Certificates for systems where one logs in by certificate: an authority drawn at each start, servers, users."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandkommun.entrances.accounts import write_private

Pair = tuple[Path, Path]
"""The PEM files of a certificate and of its private key."""


class Authority:
    """Issues certificates into a folder. `file` is its own certificate, for whoever shall trust it; its key is written
    nowhere."""

    def __init__(self, folder: Path, kommun: str) -> None:
        self._folder = folder
        self._kommun = kommun
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = self._named("Utfärdare för övning")
        self.file = folder / "ca.pem"
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        own = (
            self._begun(self._name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
        )
        write_private(self.file, _pem(own.sign(self._key, hashes.SHA256())))

    def server(self, system: str) -> Pair:
        """A certificate for https://localhost and https://127.0.0.1, and for https://<system>.localhost."""
        names = [
            x509.DNSName(f"{system}.localhost"),
            x509.DNSName("localhost"),
            x509.IPAddress(IPv4Address("127.0.0.1")),
        ]
        issued = self._issue(f"{system}.localhost", ExtendedKeyUsageOID.SERVER_AUTH, x509.SubjectAlternativeName(names))
        return self._written(f"{system}.server", *issued)

    def clients(self, system: str, users: Sequence[str]) -> dict[str, Pair]:
        """A certificate for each user of a system; the common name is the user's. Beside the pair lies a .p12, which
        is what people's browsers import."""
        pairs = {}
        for user in users:
            certificate, key = self._issue(user, ExtendedKeyUsageOID.CLIENT_AUTH)
            pairs[user] = self._written(f"{system}.{user}", certificate, key)
            both = pkcs12.serialize_key_and_certificates(
                user.encode(), key, certificate, None, serialization.NoEncryption()
            )
            write_private(self._folder / f"{system}.{user}.p12", both)
        return pairs

    def _written(self, file: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
        pair = self._folder / f"{file}.pem", self._folder / f"{file}.key"
        encoding = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        write_private(pair[0], _pem(certificate))
        write_private(pair[1], key.private_bytes(*encoding))
        return pair

    def _issue(
        self, common_name: str, purpose: x509.ObjectIdentifier, names: x509.SubjectAlternativeName | None = None
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        of_authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        begun = (
            self._begun(self._named(common_name), key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(of_authority, critical=False)
        )
        if names is not None:
            begun = begun.add_extension(names, critical=False)
        return begun.sign(self._key, hashes.SHA256()), key

    def _begun(self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=30))
        )

    def _named(self, common_name: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, self._kommun),
                x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            ]
        )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
