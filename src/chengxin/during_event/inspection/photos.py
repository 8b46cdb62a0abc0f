"""照片。Pictures from a visit are read, made anew without what the camera wrote into them, and kept encrypted; never public."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from chengxin.access import vault
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet

LIMITS: Final = "visit_photos"
COUNT, MEGABYTES = "张数", "每张最多兆字节"
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_LONGEST_SIDE: Final = 2000  # pixels: enough to read a label, small enough for a phone's connection
_MOST_PIXELS: Final = 60_000_000


def keep_photos(files: Sequence[Any], *, policy: PolicySet, at: Instant) -> list[str]:
    """Store the pictures; their SHA-256. Refused for too many, too big, or what is no picture; then none is stored."""
    limits = policy.value_at(LIMITS, date_of(at)).value
    if len(files) > int(limits[COUNT]):
        raise Refused("photos-too-many", f"照片 {len(files)} 张，最多 {limits[COUNT]} 张。", "挑要紧的几张。")
    pictures = [_made_anew(file, int(limits[MEGABYTES])) for file in files]
    return [vault.store(io.BytesIO(picture), at).sha256 for picture in pictures]


def _made_anew(file: Any, megabytes: int) -> bytes:
    name = str(getattr(file, "name", "照片"))[:60]
    if file.size > megabytes * 1_000_000:
        raise Refused("photo-too-big", f"“{name}”超过 {megabytes} 兆字节。", "缩小以后再传。")
    try:
        with Image.open(file, formats=_FORMATS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise Refused("photo-too-big", f"“{name}”的像素太多。", "缩小以后再传。")
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            target = io.BytesIO()
            upright.save(target, "JPEG", quality=82)
            return target.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused("photo-unreadable", f"“{name}”不是能读的照片。", "用 JPEG、PNG 或 WebP。") from None
