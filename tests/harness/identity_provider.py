"""An OpenID Connect provider on the loopback, in a process of its own: clients registered, codes exchanged, tokens signed with its key."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from tests.harness.installation import free_port


@dataclass
class IdentityProvider:
    """统一身份认证, as the city would run it."""

    url: str

    def register(self, redirect_uri: str) -> tuple[str, str]:
        """A client with its secret, for one address to come back to."""
        asked = {"redirect_uris": [redirect_uri], "token_endpoint_auth_method": "client_secret_post", "scope": "openid"}
        answer = requests.post(f"{self.url}/oauth2/clients", json=asked, timeout=10)
        answer.raise_for_status()
        return answer.json()["client_id"], answer.json()["client_secret"]

    def log_in(self, address: str, sub: str) -> str:
        """Log in at the provider as a person does, on the page the platform sent to; where it sends back to."""
        page = requests.get(address, timeout=10)
        page.raise_for_status()
        answer = requests.post(address, data={"sub": sub}, timeout=10, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def decline(self, address: str) -> str:
        """Refuse at the provider; where it sends back to."""
        answer = requests.post(address, data={"action": "deny"}, timeout=10, allow_redirects=False)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextmanager
def running_provider() -> Iterator[IdentityProvider]:
    """Start one; it is gone at the end."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-registration"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ) as process:
        try:
            yield _once_it_answers(IdentityProvider(f"http://127.0.0.1:{port}"), process)
        finally:
            process.terminate()


def _once_it_answers(provider: IdentityProvider, process: subprocess.Popen[bytes]) -> IdentityProvider:
    for _ in range(150):
        assert process.poll() is None, "the identity provider ended by itself"
        try:
            requests.get(f"{provider.url}/.well-known/openid-configuration", timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.2)
        else:
            return provider
    raise AssertionError("the identity provider does not answer")
