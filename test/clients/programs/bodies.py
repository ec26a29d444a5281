"""Downloads and uploads with http.client; a line for each: what, status, digest."""

import base64
import hashlib
import http.client
import os
import sys
from urllib.parse import urlsplit

user, password, download, upload, folder, *ways = sys.argv[1:]
CREDENTIALS = {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
PIECE = 10_000


def say(what, connection):
    answer = connection.getresponse()
    print(f"{what}: {answer.status} {hashlib.sha256(answer.read()).hexdigest()}")


for way in ways:
    address = urlsplit(way)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=15)
    for size in (0, 1, 65_537, 3_000_001):
        with open(os.path.join(folder, f"body-{size}"), "rb") as file:
            body = file.read()
        connection.request("GET", f"{download}?bytes={size}", headers=CREDENTIALS)
        say(f"GET {size}", connection)
        connection.request("GET", f"{download}?bytes={size}&chunked", headers=CREDENTIALS)
        say(f"GET chunked {size}", connection)
        connection.request("POST", upload, body=body, headers=CREDENTIALS)
        say(f"POST {size}", connection)
        pieces = (body[at : at + PIECE] for at in range(0, len(body), PIECE))
        connection.request("POST", upload, body=pieces, headers=CREDENTIALS, encode_chunked=True)
        say(f"POST chunked {size}", connection)
        # http.client knows no Expect: it sends the field, and the body at once.
        connection.request("POST", upload, body=body, headers={**CREDENTIALS, "Expect": "100-continue"})
        say(f"POST expecting {size}", connection)
    connection.close()
    print("--")
