"""Receives signed webhooks: WEBHOOK_SECRET=whsec_… python webhooks.py 8900; https is its proxy's work."""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300
LARGEST = 100_000
seen: set[str] = set()  # a real receiver keeps the ids in its database, in the transaction of its work


def is_genuine(secret: str, headers, body: bytes) -> bool:
    """Whether the message was signed with the secret, and lately: an old one may be somebody's copy."""
    moment = headers.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > TOLERANCE_S:
        return False
    signed = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # Several while a secret is being rotated; compared in constant time.
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(each.encode(), wanted.encode()) for each in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), LARGEST))
        if not is_genuine(os.environ["WEBHOOK_SECRET"], self.headers, body):
            self.send_response(401)
        else:
            self.send_response(204)  # within 10 seconds; long work comes after the answer
            if self.headers["webhook-id"] not in seen:  # the same may come again
                seen.add(self.headers["webhook-id"])
                event = json.loads(body)
                print(event["type"], json.dumps(event["data"], sort_keys=True), flush=True)
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"listening {server.server_port}", flush=True)
    server.serve_forever()
