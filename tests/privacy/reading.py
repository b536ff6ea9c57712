"""Reads a session's page as a browser would, to its end, and prints all of it: `python reading.py ADDRESS`."""

import http.client
import sys
from urllib.parse import urlsplit

address = urlsplit(sys.argv[1])
assert address.port


def get(path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", address.port)
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


cookie = get(address.path).headers["Set-Cookie"].partition(";")[0]
for path in ("/", "/scenes"):
    sys.stdout.buffer.write(get(path, Cookie=cookie).read())
