"""Which network addresses belong to the world, and which to whoever stands in our own house (i49).

What `ipaddress` calls global leaves holes that others fell into: addresses that carry another one
inside (IPv4 in IPv6 by five ways), and a few that a cloud answers at from within.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_REFUSED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # behind a carrier's NAT; some clouds keep their own services there
            "127.0.0.0/8",
            "169.254.0.0/16",  # 169.254.169.254 hands out a machine's keys
            "168.63.129.16/32",  # the same at another cloud, by an address that looks public
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",  # ::1, and IPv4 in the oldest of the ways
            "::ffff:0:0/96",  # IPv4, mapped
            "::ffff:0:0:0/96",  # IPv4, translated
            "64:ff9b::/96",  # IPv4 by NAT64
            "64:ff9b:1::/48",  # the same, of one's own network
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",  # Teredo (IPv4 once more), benchmarks, ORCHID
            "2001:db8::/32",
            "2002::/16",  # IPv4 by 6to4
            "3fff::/20",
            "5f00::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)
# IPv4 by ISATAP: the lower half of an address of any network.
_ISATAP = (0x00005EFE, 0x02005EFE)
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?")


def is_public(address: Address) -> bool:
    """Whether an address is a place in the open internet, by every list that we know."""
    if isinstance(address, IPv6Address) and (address.scope_id or _is_isatap(address)):
        return False
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    same = [network for network in _REFUSED if network.version == address.version]
    return not any(address in network for network in same)


def _is_isatap(address: IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def literal(host: str) -> Address | None:
    """Return the address that a host is written as; None if it is a name.

    Raises ValueError for what is neither, and for the spellings of an address that each program
    reads in another way (2130706433, 0x7f.1, 0177.0.0.1).
    """
    host = host.lower()
    if host.startswith("[") and host.endswith("]"):
        return ip_address(host[1:-1])
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        return IPv4Address(host)  # strict: four decimal numbers, none with a zero in front
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise ValueError("no host name")
    return None
