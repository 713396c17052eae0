"""Where a request came from, in one written form; the only reader of X-Forwarded-For (ASVS 15.3.4)."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def plain_address(text: str | None) -> str | None:
    """The address as the database gives it back; None for what is no address. IPv4 inside IPv6 counts as IPv4."""
    try:
        address = ipaddress.ip_address((text or "").strip().partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def client_address(request: HttpRequest) -> str | None:
    """The address of the person's machine.

    Behind ``TRUSTED_PROXIES`` proxies of ours the last so many entries of X-Forwarded-For are theirs; what stands further
    left was written by the client and is never believed. Without proxies of ours the header is not read at all.
    """
    hops = settings.TRUSTED_PROXIES
    if hops:
        chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(chain) >= hops:
            return plain_address(chain[-hops])
    return plain_address(request.META.get("REMOTE_ADDR"))
