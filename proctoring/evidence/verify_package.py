#!/usr/bin/env python3
"""Checks a package of evidence without the system that made it.

Use: python3 verify.py [--key KEY] [FOLDER OR ZIP]

Needs Python 3.9 or newer and nothing else, and no network. It names the first file that was altered.
Exit code 0: everything is as it was signed; 1: something is not; 2: it cannot be checked.
With --key (the operator's public key, obtained by another way) it also says whose package it is.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, Callable, Tuple  # noqa: UP035  (runs on old Pythons too)

MANIFEST, SIGNATURE = "manifest.json", "manifest.signature.json"
FORMAT = "proctor evidence package 1"
GENESIS = "0" * 64

# Ed25519 as RFC 8032, section 5.1, describes it: slow and plain, for checking only.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
Point = Tuple[int, int, int, int]  # noqa: UP006


def _add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % _P
    f = (a[1] + a[0]) * (b[1] + b[0]) % _P
    g = 2 * a[3] * b[3] * _D % _P
    h = 2 * a[2] * b[2] % _P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % _P, k * m % _P, j * k % _P, i * m % _P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % _P == 0 and (a[1] * b[2] - b[1] * a[2]) % _P == 0


def _point(raw: bytes) -> "Point | None":
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


def signature_fits(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is the key's (32 bytes) under the message."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, r = _point(public_key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    base = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    if key is None or r is None or base is None or s >= _ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    return _same(_times(s, base), _add(r, _times(int.from_bytes(digest, "little") % _ORDER, key)))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


class Broken(Exception):
    """Something is not as it was signed; the words say what."""


def chain_problem(evidence: "dict[str, Any]") -> str:
    """The first item of the list whose record does not fit the chain; "" when all do."""
    last = GENESIS
    for item in evidence["items"]:
        if item["previous_hash"] != last:
            return "item {} does not follow the one before it".format(item["number"])
        if "payload" in item:
            body = json.dumps(item["payload"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if hashlib.sha256((f"{last}\n{body}").encode()).hexdigest() != item["hash"]:
                return "the record of item {} was altered".format(item["number"])
            if any(item["payload"][name] != item[name] for name in ("sha256", "size", "kind")):
                return "the record of item {} contradicts itself".format(item["number"])
        last = item["hash"]
    if (len(evidence["items"]), last) != (evidence["chain"]["count"], evidence["chain"]["head"]):
        return "items are missing at the end"
    return ""


def verify(read: "Callable[[str], bytes]", names: "list[str]", key: "bytes | None") -> "dict[str, Any]":
    """The signed manifest, when everything fits it. `read` gives a file's bytes (KeyError: none). Broken."""
    try:
        signed, proof = read(MANIFEST), json.loads(read(SIGNATURE).decode("utf-8"))
        public, signature = base64.b64decode(proof["public_key"]), base64.b64decode(proof["signature"])
    except KeyError as error:
        raise Broken(f"{error.args[0]} is missing") from None
    except ValueError:
        raise Broken(f"{SIGNATURE} was altered") from None
    if key is not None and key != public:
        raise Broken("it was signed with another key than the one you gave")
    if not signature_fits(public, signed, signature):
        raise Broken(f"{MANIFEST} was altered: the signature does not fit it")
    manifest: dict[str, Any] = json.loads(signed.decode("utf-8"))
    if manifest.get("format") != FORMAT:
        raise Broken(f"{MANIFEST} is of another kind")
    for entry in manifest["files"]:
        try:
            data = read(entry["path"])
        except KeyError:
            raise Broken("{} is missing".format(entry["path"])) from None
        if len(data) != entry["size"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
            raise Broken("{} was altered".format(entry["path"]))
    known = {entry["path"] for entry in manifest["files"]} | {MANIFEST, SIGNATURE}
    strange = sorted(set(names) - known)
    if strange:
        raise Broken(f"{strange[0]} was added")
    problem = chain_problem(manifest["evidence"])
    if problem:
        raise Broken(problem)
    return manifest


def _folder(root: Path) -> "tuple[Callable[[str], bytes], list[str]]":
    def read(name: str) -> bytes:
        try:
            return (root / name).read_bytes()
        except OSError:
            raise KeyError(name) from None

    return read, [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]


def main(arguments: "list[str] | None" = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("package", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument("--key", help="the operator's public key in base64")
    given = parser.parse_args(arguments)
    try:
        path = Path(given.package)
        key = base64.b64decode(given.key, validate=True) if given.key else None
        if path.is_dir():
            read, names = _folder(path)
            manifest = verify(read, names, key)
        else:
            with zipfile.ZipFile(str(path)) as archive:
                manifest = verify(archive.read, archive.namelist(), key)
    except Broken as broken:
        _say(f"NOT WHOLE: {broken}.")
        return 1
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        _say(f"Cannot be checked: {error}")
        return 2
    _say("Whole: {} files, each as it was signed.".format(len(manifest["files"])))
    _say("Case {} of {}, made on {}.".format(manifest["case"], manifest["institution"], manifest["made_at"]))
    _say("Erased before it was made: {} items.".format(manifest["erased"]))
    if key is None:
        _say("Signed with the key {}.".format(manifest["public_key"]))
        _say("Compare it with the key that the operator publishes at {}".format(manifest["key_address"]))
    else:
        _say("Signed with the key that you gave.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
