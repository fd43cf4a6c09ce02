"""Sharing out whole numbers: largest remainder, with and without caps, and a fixed hash.

Integers only and no random module, so that every machine makes the same demonstration.
"""

import hashlib
from collections.abc import Sequence

_SEED = "bieumau-demo-2024"


def hashed(key: str, modulus: int = 1000) -> int:
    """A number below *modulus* that depends on *key* alone."""
    return int(hashlib.sha256(f"{_SEED}|{key}".encode()).hexdigest()[:8], 16) % modulus


def split(total: int, weights: Sequence[int]) -> list[int]:
    """*total* by *weights*, largest remainder first, ties by position.

    >>> split(10, [1, 1, 1])
    [4, 3, 3]
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to share by")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return shares


def split_capped(total: int, weights: Sequence[int], caps: Sequence[int]) -> list[int]:
    """As ``split``, no share above its cap; what is left over goes to those with room.

    >>> split_capped(10, [9, 1], [5, 9])
    [5, 5]
    """
    if sum(caps) < total:
        raise ValueError("the caps leave no room")
    shares = [0] * len(weights)
    left = total
    while left:
        room = [cap - share for cap, share in zip(caps, shares, strict=True)]
        usable = [weight if free > 0 else 0 for weight, free in zip(weights, room, strict=True)]
        part = split(left, usable if sum(usable) else room)
        shares = [
            share + min(given, free) for share, given, free in zip(shares, part, room, strict=True)
        ]
        left = total - sum(shares)
    return shares
