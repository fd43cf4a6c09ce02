"""Smaller answers for slow lines: gzip for texts, made once for files and on the fly for pages.

Pages carry a token beside what a caller typed; a random length in the gzip header keeps their
compressed size from telling about the token (the BREACH attack measures sizes).
"""

import gzip
import secrets
from io import BytesIO
from pathlib import PurePosixPath

from flask import Flask, Response, request

_LEAST = 1000
_TYPES = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/problem+json",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/plain",
    }
)
_LONGEST_PADDING = 48


def install(app: Flask) -> None:
    """Compress what *app* answers where the caller takes it."""
    files: dict[str, bytes] = {}

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in _TYPES or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code in {204, 206, 304} or request.method == "HEAD":
            return response
        if request.accept_encodings.quality("gzip") <= 0:
            return response
        if _is_file(response):
            _send_file(response, files)
        elif not response.is_streamed and (response.content_length or 0) >= _LEAST:
            response.set_data(_gzipped(response.get_data(), padding=True))
            response.headers["Content-Encoding"] = "gzip"
        return response


def _is_file(response: Response) -> bool:
    static = (request.endpoint or "").rpartition(".")[2] == "static"
    return static and response.direct_passthrough


def _send_file(response: Response, files: dict[str, bytes]) -> None:
    etag = response.get_etag()[0]
    if etag is None or (response.content_length or 0) < _LEAST:
        return
    key = f"{PurePosixPath(request.path)} {etag}"
    if key not in files:
        response.direct_passthrough = False
        files[key] = _gzipped(response.get_data(), padding=False)
    response.close()
    response.direct_passthrough = False
    response.set_data(files[key])
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    response.set_etag(etag, weak=True)  # the same file in other bytes


def _gzipped(body: bytes, *, padding: bool) -> bytes:
    length = secrets.randbelow(_LONGEST_PADDING) + 1 if padding else 0
    buffer = BytesIO()
    with gzip.GzipFile(
        filename="p" * length, mode="wb", compresslevel=6, fileobj=buffer, mtime=0
    ) as out:
        out.write(body)
    return buffer.getvalue()
