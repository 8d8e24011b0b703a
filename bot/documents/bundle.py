"""Several files in one."""

import io
import zipfile
from collections.abc import Iterable

MEDIA_TYPE = "application/zip"
_NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say: the same files give the same bytes


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Pack files, given by name and content."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()
