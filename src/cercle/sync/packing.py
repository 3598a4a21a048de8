"""How bundles are packed where they travel: zstd (RFC 8878), in a window that everybody is to support."""

import sys

if sys.version_info >= (3, 14):
    from compression.zstd import (
        CompressionParameter,
        DecompressionParameter,
        ZstdCompressor,
        ZstdDecompressor,
        ZstdError,
    )
else:
    from backports.zstd import (
        CompressionParameter,
        DecompressionParameter,
        ZstdCompressor,
        ZstdDecompressor,
        ZstdError,
    )

__all__ = ["CompressionParameter", "ZstdCompressor", "ZstdDecompressor", "ZstdError", "is_bomb", "unpacker"]

WINDOW = 23  # 8 MiB (section 3.1.1.1.2): what asks for more is somebody's who means to fill the memory
# Hashes and signatures hardly pack: a bundle takes a third or a quarter of its size. What grows to so many times its
# own is somebody's who means to keep others busy.
MOST_TIMES, AT_FIRST = 32, 1024 * 1024


def unpacker() -> ZstdDecompressor:
    return ZstdDecompressor(options={DecompressionParameter.window_log_max: WINDOW})


def is_bomb(packed: int, unpacked: int) -> bool:
    """Whether so many bytes have grown to more than any bundle does."""
    return unpacked > AT_FIRST + MOST_TIMES * packed
