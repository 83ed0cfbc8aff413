"""Tables whose rows are fetched from memory before they are needed, each row whole lines of it.

A walk over millions of payments waits for memory in an order that no processor can guess, but that
the payments themselves tell some rows ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numpy.typing import NDArray

LINE_BYTES = 64
"""How much a processor fetches at once."""
AHEAD = 16
"""So many payments ahead is neither too late nor is it pushed out again."""
_WRITE, _KEEP, _DATA = 1, 3, 1
_code = cast("Any", cgutils)


def zeros(rows: int, columns: int, dtype: type[Any]) -> NDArray[Any]:
    """A table of noughts that begins where a line does."""
    size = rows * columns * np.dtype(dtype).itemsize
    room = np.zeros(size + LINE_BYTES, np.uint8)
    begin = -room.ctypes.data % LINE_BYTES
    return room[begin : begin + size].view(dtype).reshape(rows, columns)


def _fetch(typing: Any, table: Any, row: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own
    """Two lines from where the row begins, as machine code (LLVM's `prefetch`)."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:  # noqa: ANN401
        kind = signature.args[0]
        made = context.make_array(kind)(context, builder, given[0])
        first = context.get_constant(types.intp, 0)
        place = _code.get_item_pointer(context, builder, kind, made, [given[1], first])
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        told = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        call = builder.module.declare_intrinsic("llvm.prefetch", [byte], told)
        at = builder.bitcast(place, byte)
        for line in range(2):
            one = builder.gep(at, [ir.IntType(64)(line * LINE_BYTES)])
            builder.call(call, [one, whole(_WRITE), whole(_KEEP), whole(_DATA)])
        return context.get_dummy_value()

    return types.void(table, types.intp), generate


fetch = cast("Callable[[NDArray[Any], Any], None]", intrinsic(_fetch))
"""Begin to bring a row of a table from memory, two lines of it; for compiled code only.

Nothing is changed by it: a row may be fetched in vain.
"""
