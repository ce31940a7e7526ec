"""A person at a browser, as far as the server can tell: one open connection, cookies, forms."""

import re
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_BOUNDARY = "----a-browser-would-write-something-like-this"


class Visitor:
    """Over a real connection. `token` is what the last page with a form wants to see again."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> None:
        status, body = self._ask("GET", path, {}, None)
        if status not in (200, 302):
            raise SystemExit(f"GET {path} answers {status}")
        if found := _TOKEN.search(body):
            self.token = found[1]

    def post(self, path: str, form: dict[str, str]) -> None:
        headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        body = _multipart({"csrfmiddlewaretoken": self.token, **form})
        status, answer = self._ask("POST", path, headers, body)
        if status not in (302, 303):
            raise SystemExit(f"POST {path} answers {status}: {answer[:3000]}")

    def sign_in(self, email: str, password: str) -> None:
        self.get("/sign-in")
        self.post("/sign-in", {"email": email, "password": password})

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, {**headers, "Cookie": cookies})
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read().decode()


def _multipart(form: dict[str, str]) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in form.items()
    ]
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode()


def answers(port: int, path: str) -> bool:
    """Say whether a server gives this page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
