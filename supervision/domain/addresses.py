"""地址: which endpoint may be written down and which address may be connected to (controls T7, C10). Pure."""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Forbidden(Exception):
    """The endpoint or address is not one we connect to; the text says why, for the log and for a person."""


@dataclass(frozen=True)
class Endpoint:
    """接收地址: taken apart once, so that nobody reads the same URL two ways."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def endpoint_of(url: str) -> Endpoint:
    """``url`` taken apart; raises Forbidden for what is not a plain http(s) address without user, query and fragment."""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Forbidden("接收地址含有不允许的字符")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("接收地址的格式不对") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise Forbidden("接收地址须以 https:// 开头")
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise Forbidden("接收地址只能由主机、端口和路径组成")
    return Endpoint(parts.scheme, parts.hostname.lower(), port or _DEFAULT_PORTS[parts.scheme], parts.path or "/")


def require_listed(endpoint: Endpoint, allowed: Iterable[str]) -> None:
    """Returns when the deployment names this scheme, host and port; raises Forbidden."""
    if endpoint.origin not in {endpoint_of(one).origin for one in allowed}:
        raise Forbidden(f"接收地址 {endpoint.origin} 不在部署时设定的允许名单中")


def networks_of(texts: Iterable[str]) -> tuple[Network, ...]:
    """The internal networks the deployment opens."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def require_reachable(addresses: Sequence[str], opened: Sequence[Network]) -> str:
    """The address to connect to. Raises Forbidden unless every one the name stands for is public or in an opened network.

    One bad address among good ones is enough to refuse: a name that answers both is not to be trusted.
    """
    if not addresses:
        raise Forbidden("接收地址的主机名没有解析出地址")
    for text in addresses:
        address = _plain(ipaddress.ip_address(text.partition("%")[0]))
        if any(address.version == network.version and address in network for network in opened):
            continue
        if not address.is_global or address.is_multicast:
            raise Forbidden(f"主机名解析到内部地址 {address}，没有在部署时开放")
    return addresses[0]


def _plain(address: Address) -> Address:
    """An IPv4 address written as an IPv6 one is judged as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or (address.sixtofour or address)
    return address
