"""图形：the few shapes the pages use, as inline SVG that takes the colour of its text. Shapes tell states apart without colour."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

_PATHS = {
    # states
    "recorded": '<rect x="3" y="3" width="10" height="10" fill="none" stroke="currentColor" stroke-width="2"/>',
    "disputed": '<path d="M8 1.8 14.6 14H1.4Z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"/>'
    '<path d="M8 6.2v3.6M8 11.3v1.2" stroke="currentColor" stroke-width="1.8"/>',
    "restored": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="m5 8.2 2.2 2.2L11.2 6" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    "in_force": '<circle cx="8" cy="8" r="6.4" fill="currentColor"/>',
    "overdue": '<path d="M8 .8 15.2 8 8 15.2.8 8Z" fill="currentColor"/>',
    "on_time": '<path d="m2.2 8.6 3.9 3.9 7.7-8.6" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "ended": '<rect x="3" y="3" width="10" height="10" fill="none" stroke="currentColor" stroke-width="1.6" stroke-dasharray="2.2 1.6"/>',
    "withdrawn": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="m3.8 3.8 8.4 8.4" stroke="currentColor" stroke-width="1.8"/>',
    "corrected": '<path d="M2.5 13.5 3.3 10 10.8 2.5l2.7 2.7L6 12.7Z" '
    'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/>',
    "provisional": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.6 2"/>',
    "waiting": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M8 4.6V8l2.4 1.6" fill="none" stroke="currentColor" stroke-width="1.8"/>',
    # answers
    "yes": '<path d="m2.2 8.6 3.9 3.9 7.7-8.6" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "no": '<path d="m3.4 3.4 9.2 9.2m0-9.2-9.2 9.2" stroke="currentColor" stroke-width="2"/>',
    "unknown": '<path d="M3 8h10" stroke="currentColor" stroke-width="2"/>',
    # things
    "proof": '<path d="M8 1.4 13.6 3.6v4.2c0 3.2-2.3 5.6-5.6 6.8-3.3-1.2-5.6-3.6-5.6-6.8V3.6Z" '
    'fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="m5.4 8 1.9 1.9 3.4-3.7" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "search": '<circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="m10.4 10.4 4 4" stroke="currentColor" stroke-width="1.8"/>',
}

#: 泰山 over a ledger line inside a seal: the mark beside the platform's name.
SEAL = (
    '<svg viewBox="0 0 48 48" aria-hidden="true" focusable="false">'
    '<rect x="1.5" y="1.5" width="45" height="45" rx="4" fill="none" stroke="currentColor" '
    'stroke-width="3"/><path d="M7 33 18 15l6 9 5-7 12 16" fill="none" stroke="currentColor" stroke-width="3" stroke-linejoin="round"/>'
    '<path d="M9 40h30" stroke="currentColor" stroke-width="3" stroke-dasharray="9 3"/></svg>'
)


def icon_svg(name: str) -> SafeString:
    """The shape called ``name``; KeyError for one that does not exist, so a page cannot lose its state's shape unseen."""
    return mark_safe(f'<svg viewBox="0 0 16 16" aria-hidden="true" focusable="false">{_PATHS[name]}</svg>')  # noqa: S308 - constants above
