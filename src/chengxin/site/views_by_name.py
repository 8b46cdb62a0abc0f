"""Views by name: what the access matrix, the log and the metrics call a view."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.utils import normalize_path, replace_path_param_notation

API: Final = "api"
API_ROOT: Final = "api/v1/"


def view_name(request: HttpRequest) -> str | None:
    """The view that answers ``request``: the name of its URL; in the API the name of the operation, None where the address
    has no operation for the method."""
    match = request.resolver_match
    if match is None:
        return None
    by_method = api_operations().get(match.route) if API in match.namespaces else None
    if by_method is None:
        return match.view_name or f"nameless:{match.route}"
    return by_method.get("GET" if request.method == "HEAD" else request.method or "")


def methods_of(view: Callable[..., Any]) -> frozenset[str]:
    """The methods of a page: those that Django's ``require_…`` decorators let through. Empty for a view of another kind (the API's)."""
    told: Any = inspect.getclosurevars(inspect.unwrap(view, stop=_says_methods)).nonlocals.get("request_method_list", ())
    return frozenset(told)


def _says_methods(view: Callable[..., Any]) -> bool:
    return "request_method_list" in inspect.getclosurevars(view).nonlocals


@cache
def api_operations() -> dict[str, dict[str, str]]:
    """Route → method → ``api:<operation>``. One address may have several operations; the URL table knows only the first."""
    from chengxin.site.api import api

    found: dict[str, dict[str, str]] = {}
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            address = "/".join(part for part in (router.prefix, path) if part)
            route = API_ROOT + normalize_path(replace_path_param_notation(address)).lstrip("/")
            for operation in view.operations:
                name = getattr(operation, "url_name", None) or api.get_operation_url_name(operation, router.template)
                found.setdefault(route, {}).update(dict.fromkeys(operation.methods, f"{API}:{name}"))
    return found


def all_views() -> Iterator[tuple[str, str]]:
    """Every (route, view name) of the URL table: what the matrix must cover."""
    operations = api_operations()
    for route, namespaces, pattern in _patterns(get_resolver().url_patterns, "", ()):
        if route in operations:
            yield from ((route, name) for name in operations[route].values())
        else:
            yield route, ":".join((*namespaces, pattern.name)) if pattern.name else f"nameless:{route}"


def _patterns(patterns: list[Any], prefix: str, namespaces: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, route, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
        else:
            yield route, namespaces, pattern
