"""An OpenAI-compatible chat server on this machine whose replies a test scripts."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class ChatServer(ThreadingHTTPServer):
    """Streams `tokens`, `pause` seconds apart, or answers with `status`; keeps the requests
    it was sent.

    Each of `replies` answers one request before `tokens` answer all further ones; each of
    `statuses` likewise. `delay` is waited before the first token, `cut_after` tokens the
    stream ends as `ending` says: cut, with the connection reset, or with a fault told in
    the stream. `page` is sent in place of everything, as HTML. `hung_up` is set when the
    client leaves in the middle.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.tokens: Sequence[str] = ()
        self.replies: list[Sequence[str]] = []
        self.pause = 0.0
        self.delay = 0.0
        self.status = 200
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.message = "scripted refusal"
        self.page = ""
        self.cut_after: int | None = None
        self.ending = "cut"
        self.hung_up = threading.Event()
        self.requests: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def prompt(self, at: int = -1) -> str:
        """All that the last request, or another one, said to the model."""
        return "\n".join(
            message["content"] for message in self.requests[at]["messages"]
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.hung_up.set()


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append(json.loads(body))
        status = (
            self.server.statuses.pop(0) if self.server.statuses else self.server.status
        )
        if self.server.page:
            self._send(200, "text/html", self.server.page)
        elif status != 200:
            error = {"message": self.server.message, "type": "error", "code": None}
            self._send(status, "application/json", json.dumps({"error": error}))
        else:
            self._stream(
                self.server.replies.pop(0)
                if self.server.replies
                else self.server.tokens
            )

    def _stream(self, tokens: Sequence[str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            time.sleep(self.server.delay)
            for at, token in enumerate(tokens):
                if at == self.server.cut_after:
                    self._end()
                    return
                time.sleep(self.server.pause)
                self._event({"role": "assistant", "content": token}, None)
            self._event({}, "stop")
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()

    def _end(self) -> None:
        if self.server.ending == "reset":
            without_waiting = struct.pack(
                "ii", 1, 0
            )  # a socket closed so resets its connection
            self.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, without_waiting
            )
            self.connection.close()
        elif self.server.ending == "fault":
            error = {
                "message": self.server.message,
                "type": "server_error",
                "code": None,
            }
            self.wfile.write(f"data: {json.dumps({'error': error})}\n\n".encode())

    def _event(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        event = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "scripted",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
