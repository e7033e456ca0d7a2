"""What small HTTP servers of tests answer."""

import json


def answer_json(handler, value, status=200):
    """handler: of http.server, in the middle of a request."""
    body = json.dumps(value).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
