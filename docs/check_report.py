"""Đối chiếu một báo cáo đã ký mà không cần máy chủ: ``python3 check_report.py FILE [--head HASH]``.

Only Python's standard library. Exit code 0: everything holds; 1: the first broken thing is named.
"""

import argparse
import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path

GENESIS = "0" * 64
PLAIN_FROM = 1e-6  # smaller numbers are written with an exponent
HASHED = ("actor", "details", "happened_at", "name", "previous", "sequence", "subject")


class Broken(Exception):
    """The first thing that does not hold."""


def canonical(value: object) -> str:
    """JSON as RFC 8785 writes it: sorted keys, no spaces, the shortest form of a number."""
    if isinstance(value, dict):
        pairs = (f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        mantissa, _, exponent = repr(value).partition("e")
        if exponent and abs(value) >= PLAIN_FROM:
            return f"{Decimal(repr(value)):f}"
        return f"{mantissa}e{int(exponent)}" if exponent else mantissa
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def root_of(leaf: str, place: int, size: int, path: list) -> str:
    """The Merkle root that *path* leads to from a leaf (RFC 9162, 2.1.3.2)."""
    if not 0 <= place < size:
        raise Broken("Bằng chứng niêm phong: vị trí của dòng nằm ngoài mốc.")
    last, found = size - 1, hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest()
    for beside in map(bytes.fromhex, path):
        if last == 0:
            raise Broken("Bằng chứng niêm phong: thừa mã băm.")
        if place % 2 or place == last:
            found = hashlib.sha256(b"\x01" + beside + found).digest()
            while place % 2 == 0 and place:
                place, last = place // 2, last // 2
        else:
            found = hashlib.sha256(b"\x01" + found + beside).digest()
        place, last = place // 2, last // 2
    if last:
        raise Broken("Bằng chứng niêm phong: thiếu mã băm.")
    return found.hex()


def check_document(told: dict) -> str:
    document = told["document"]
    if sha256(canonical(document)) != told["digest"]:
        raise Broken("Số liệu không khớp mã băm đã ký: tài liệu đã bị sửa.")
    return f"Số liệu lần gửi {document['number']} đúng như lúc ký (SHA-256 {told['digest']})."


def check_chain(told: dict) -> str:
    previous, subject = GENESIS, f"submission/{told['document']['submission']}"
    for number, event in enumerate(told["events"], start=1):
        where = f"Chuỗi sự kiện đứt ở dòng {number}"
        if event["sequence"] != number or event["subject"] != subject:
            raise Broken(f"{where}: thiếu dòng, thừa dòng hoặc sai thứ tự.")
        if event["previous"] != previous:
            raise Broken(f"{where}: không nối với dòng trước.")
        if sha256(canonical({name: event[name] for name in HASHED})) != event["hash"]:
            raise Broken(f"{where}: nội dung đã bị sửa.")
        previous = event["hash"]
    return f"Chuỗi {len(told['events'])} sự kiện liền nhau, không dòng nào bị sửa."


def check_seal(told: dict) -> str:
    document, number = told["document"], told["sealed_in"]
    if not 1 <= number <= len(told["events"]):
        raise Broken("Không có sự kiện ký trong chuỗi.")
    event = told["events"][number - 1]
    details = event["details"]
    if (details.get("digest"), details.get("revision")) != (told["digest"], document["number"]):
        raise Broken("Sự kiện ký không phải của số liệu này.")
    for name, title in (("form_digest", "biểu mẫu"), ("workflow_digest", "quy trình")):
        if details.get(name) != told[name]:
            raise Broken(f"Mã băm của {title} không khớp sự kiện ký.")
    reasons = {(one["code"], one["path"]): one["text"] for one in document["reasons"]}
    found = [[one["severity"], one["code"], one["path"]] for one in told["findings"]]
    if found != details.get("found", []):
        raise Broken("Danh sách cảnh báo không khớp sự kiện ký.")
    for one in told["findings"]:
        if one["reason"] != reasons.get((one["code"], one["path"])):
            raise Broken(f"Lý do giải trình của cảnh báo {one['code']} không khớp.")
    by = f"tài khoản {event['actor']}"
    if "on_behalf_of" in details:
        by += f" (thay mặt {details['on_behalf_of']})"
    receipt = details.get("receipt", "không có")
    return f"Ký bởi {by} lúc {event['happened_at']}, mã tiếp nhận {receipt}."


def check_inclusion(told: dict, head: str | None) -> str:
    proof, point = told["proof"], told["checkpoint"]
    if proof is None or point is None:
        raise Broken("Chưa có mốc niêm phong. Chờ vài phút rồi tải lại bản đối chiếu.")
    if not told["sealed_in"] <= proof["sequence"] <= len(told["events"]):
        raise Broken("Mốc niêm phong không bao gồm sự kiện ký.")
    leaf = told["events"][proof["sequence"] - 1]["hash"]
    if root_of(leaf, proof["place"], point["leaves"], proof["path"]) != point["root"]:
        raise Broken("Bằng chứng niêm phong không dẫn đến gốc của mốc.")
    parts = (point["previous"], point["root"], str(point["leaves"]), point["sealed_at"])
    if sha256("\n".join(parts)) != point["head"]:
        raise Broken(f"Mã băm của mốc niêm phong số {point['number']} không khớp.")
    if head is not None and head != point["head"]:
        raise Broken("Mốc niêm phong khác với mã băm đã công bố.")
    return f"Nằm trong mốc niêm phong số {point['number']}, lập lúc {point['sealed_at']}."


def main() -> int:
    parser = argparse.ArgumentParser(description="Đối chiếu báo cáo đã ký, không cần máy chủ.")
    parser.add_argument("file", type=Path, help="bản đã ký để đối chiếu (.json)")
    parser.add_argument("--head", help="mã băm của mốc đã công bố, giữ ở nơi khác")
    given, say = parser.parse_args(), sys.stdout.write
    try:
        told = json.loads(given.file.read_text(encoding="utf-8"))
        if told.get("format") != "bieumau-evidence/1":
            raise Broken("Tệp không phải bản đã ký để đối chiếu.")
        for check in (check_document, check_chain, check_seal):
            say(f"Đúng: {check(told)}\n")
        say(f"Đúng: {check_inclusion(told, given.head)}\n")
    except Broken as fault:
        say(f"SAI: {fault}\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        say(f"SAI: Tệp hỏng hoặc thiếu phần: {fault}\n")
        return 1
    if given.head is None:
        say(f"So mã băm của mốc với nơi đã công bố: {told['checkpoint']['head']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
