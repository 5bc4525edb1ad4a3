"""The value type of the whole program: a named tuple, made without reading its annotations.

``typing.NamedTuple`` compiles every annotation once more to check it; over the program's value types that costs a
reading command a tenth of its time. To a type checker this *is* ``typing.NamedTuple``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - this module is where it comes from
else:
    from collections import namedtuple

    _KEPT = frozenset({"__annotations__", "__module__", "__qualname__", "__dict__", "__weakref__"})

    class _Maker(type):
        """Turns a class body of annotations, defaults and methods into a named tuple."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            """The named tuple; the marker class itself stays a plain class."""
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # noqa: PYI024
            for key, value in body.items():
                if key not in _KEPT and key not in fields:
                    setattr(made, key, value)
            made.__annotations__ = fields
            made.__qualname__ = body["__qualname__"]
            return made

    class NamedTuple(metaclass=_Maker):
        """Base of a value type, as ``typing.NamedTuple``."""
