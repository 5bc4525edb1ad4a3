"""The language of templates: Jinja2 in a sandbox, of which only a documented part is let through.

The first wall is the grammar: a template is read into its tree, and whatever is not on the list of what may stand there is
a fault with its line, so no call, import, assignment or macro is ever compiled. The second is the sandbox, which gives
out documented values alone. The third are limits on how often loops turn and on how much is written.
"""

from __future__ import annotations

import re
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS

from crmcli.domain.frozen import NamedTuple
from crmcli.domain.template_words import FILTER_NAMES, GROUPS, SINGLE
from crmcli.domain.text import nearest
from crmcli.services.wording import filters
from crmcli.services.wording.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from jinja2.runtime import Context

LONGEST = 1_000_000  # characters of one rendered part
_UNCLOSED = re.compile(r"needs to be closed is '(\w+)'")
_LONGEST_RANGE = 1000
_DEEPEST = 3  # loops in loops
_TURNS = 20_000  # of all loops of one part together
_BUDGET, _EACH = "_budget", "_each"  # what is left of them, and the filter that counts
_LOOP = ("index", "index0", "first", "last", "length")
_TESTS = (
    "defined",
    "undefined",
    "none",
    "number",
    "string",
    "even",
    "odd",
    "divisibleby",
    "in",
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
)
WEB_ADDRESS = "web_address"  # the page puts this filter around the addresses of links
_OWN = {
    "greeting": filters.greeting,
    "date": filters.date_words,
    "money": filters.money,
    "number": filters.number,
    "default": filters.default,
    "round": filters.rounded,
}
_PLAIN_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
    nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip


class Fault(NamedTuple):
    """Something wrong with a template: in which line, what, and what to do; ``fatal``: it can't be compiled."""

    line: int
    problem: str
    remedy: str
    fatal: bool = True


class Broken(Exception):
    """A template that can't be compiled; the faults say why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults[0].problem)
        self.faults = faults


class _Sandbox(ImmutableSandboxedEnvironment):
    """Gives out what ``Facts`` hold and nothing else, and computes with numbers alone."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's own
        """The value of that name."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - Jinja's own
        """The value of that name, or the item at that place of several."""
        if type(obj) is Facts:
            if argument in obj.held:
                return obj.held[argument]
            return self.undefined(hint=f"there is no {obj.group}.{argument}")
        if isinstance(obj, LoopContext) and argument in _LOOP:
            return getattr(obj, argument)
        if isinstance(obj, (list, tuple)) and type(argument) is int and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, Undefined):
            return self.undefined(
                hint=getattr(obj, "_undefined_hint", None), name=getattr(obj, "_undefined_name", None)
            )
        return self.undefined(hint=f"a value has no {str(argument)[:40]!r}")

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja's own
        """The result of a computation with numbers; texts are joined by ``~``."""
        if not all(isinstance(side, (int, float)) and abs(side) < 1e15 for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers, and texts are joined by ~")
        return super().call_binop(context, operator, left, right)


def _range(*bounds: int) -> range:
    """The numbers of a range that is not longer than it may be."""
    made = range(*bounds)
    if len(made) > _LONGEST_RANGE:
        raise SecurityError(f"a range has at most {_LONGEST_RANGE} numbers")
    return made


@pass_context
def _each(context: Context, items: Iterable[object]) -> Iterator[object]:
    """The items that a loop goes through, as long as there are turns left."""
    left = context.resolve(_BUDGET)
    for item in items:
        left[0] -= 1
        if left[0] < 0:
            raise SecurityError(f"its loops turn more than {_TURNS:,} times")
        yield item


@cache
def environment(*, html: bool) -> _Sandbox:
    """The sandbox of the parts in HTML, where values are escaped, or of those in plain text."""
    made = _Sandbox(
        autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        finalize=_shown, cache_size=0,
    )  # fmt: skip
    made.globals = {"range": _range}
    made.filters = {name: _OWN.get(name) or JINJA_FILTERS[name] for name in FILTER_NAMES}
    made.filters |= {WEB_ADDRESS: _web_address, _EACH: _each}
    made.tests = {name: JINJA_TESTS[name] for name in _TESTS}
    return made


def _shown(value: object) -> object:
    return "" if value is None else value


def _web_address(value: object) -> object:
    """An address that a link may begin with; anything that could run in a page is none."""
    text = "".join(c for c in str(value) if c > " ")
    scheme, colon, _ = text.partition(":")
    if colon and "/" not in scheme and scheme.lower() not in ("http", "https", "mailto", "tel"):
        return "#"
    return value


def faults_of(source: str, custom: Collection[str]) -> list[Fault]:
    """Everything that is wrong with a template, as far as its text alone can say."""
    return _read(source, custom)[1]


def _read(source: str, custom: Collection[str]) -> tuple[nodes.Template | None, list[Fault]]:
    walker = _Walker(custom)
    try:
        tree = environment(html=False).parse(source)
        walker.walk(tree, frozenset(), 0)
    except TemplateSyntaxError as error:
        return None, [syntax_fault(error)]
    except RecursionError:
        return None, [Fault(1, "brackets in brackets without end", "write it plainer")]
    return tree, walker.faults


def syntax_fault(error: TemplateSyntaxError) -> Fault:
    """What can't be read in a template, and where."""
    message = (error.message or "can't be read").partition(". ")[0].rstrip(".")
    unclosed = _UNCLOSED.search(error.message or "")
    remedy = f"{{% end{unclosed.group(1)} %}} is missing" if unclosed else "see crm template words"
    return Fault(error.lineno or 1, message[:1].lower() + message[1:], remedy)


class _Walker:
    """Goes through the tree of a template and notes what must not stand there."""

    def __init__(self, custom: Collection[str]) -> None:
        self.custom = custom
        self.faults: list[Fault] = []

    def walk(self, node: nodes.Node, local: frozenset[str], depth: int) -> None:
        """Look at a node and at all below it; ``local`` are the names that loops around it give."""
        visit = getattr(self, f"_{type(node).__name__.lower()}", None)
        if visit is not None:
            visit(node, local, depth)
        elif isinstance(node, _PLAIN_NODES):
            self._below(node, local, depth)
        else:
            what = _CALLED.get(type(node).__name__, type(node).__name__.lower())
            self._fault(node, f"{what} is not part of the language of templates", "see crm template words")

    def _below(self, node: nodes.Node, local: frozenset[str], depth: int) -> None:
        for child in node.iter_child_nodes():
            self.walk(child, local, depth)

    def _fault(self, node: nodes.Node, problem: str, remedy: str, *, fatal: bool = True) -> None:
        self.faults.append(Fault(node.lineno, problem, remedy, fatal))

    def _const(self, node: nodes.Const, _local: frozenset[str], _depth: int) -> None:
        if isinstance(node.value, float) and not isfinite(node.value):
            self._fault(node, "a number beyond all numbers", "write a smaller one")

    def _for(self, node: nodes.For, local: frozenset[str], depth: int) -> None:
        if node.recursive or not isinstance(node.target, nodes.Name):
            self._fault(node, "a loop has one name and does not call itself", "{% for each in … %}")
            return
        if depth == _DEEPEST:
            self._fault(node, f"more than {_DEEPEST} loops in one another", "write it plainer")
            return
        self.walk(node.iter, local, depth)
        inner = local | {node.target.name, "loop"}
        for child in (*([node.test] if node.test else []), *node.body, *node.else_):
            self.walk(child, inner, depth + 1)

    def _call(self, node: nodes.Call, local: frozenset[str], depth: int) -> None:
        is_range = isinstance(node.node, nodes.Name) and node.node.name == "range"
        if not is_range or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self._fault(node, "nothing can be called", "use a filter: {{ contact.name | upper }}")
            return
        for child in node.args:
            self.walk(child, local, depth)

    def _filter(self, node: nodes.Filter, local: frozenset[str], depth: int) -> None:
        if node.name not in (*FILTER_NAMES, WEB_ADDRESS) or node.node is None or node.dyn_args or node.dyn_kwargs:
            near = nearest(node.name, list(FILTER_NAMES))
            self._fault(
                node, f"unknown filter {node.name}", f"did you mean {near}?" if near else "see crm template words"
            )
            return
        if node.name == "greeting" and isinstance(node.node, nodes.Name) and node.node.name == "contact":
            children = [child for child in node.iter_child_nodes() if child is not node.node]
        else:
            children = list(node.iter_child_nodes())
        for child in children:
            self.walk(child, local, depth)

    def _test(self, node: nodes.Test, local: frozenset[str], depth: int) -> None:
        if node.name not in _TESTS:
            near = nearest(node.name, list(_TESTS))
            self._fault(
                node, f"unknown test {node.name}", f"did you mean {near}?" if near else "see crm template words"
            )
            return
        self._below(node, local, depth)

    def _name(self, node: nodes.Name, local: frozenset[str], _depth: int) -> None:
        name = node.name
        if name in local or name in SINGLE:
            return
        if name in GROUPS:
            self._fault(node, f"{name} is several values", f"write {name}.{GROUPS[name][0]}", fatal=False)
            return
        if name.startswith("_") or name == "self":
            self._fault(node, f"{name} is not part of the language of templates", "see crm template words")
            return
        near = nearest(name, [*SINGLE, *GROUPS, *(f"{g}.{n}" for g, names in GROUPS.items() for n in names)])
        self._fault(
            node, f"unknown variable {name}", f"did you mean {near}?" if near else "see crm template words", fatal=False
        )

    def _getattr(self, node: nodes.Getattr, local: frozenset[str], depth: int) -> None:
        self._member(node, node.node, node.attr, local, depth)

    def _getitem(self, node: nodes.Getitem, local: frozenset[str], depth: int) -> None:
        if not isinstance(node.arg, nodes.Const) or type(node.arg.value) not in (str, int):
            self._fault(node, "what stands in [ ] is a name in quotes or a number", "contact.custom['two words']")
            return
        self._member(node, node.node, node.arg.value, local, depth)

    def _member(self, node: nodes.Node, of: nodes.Expr, name: object, local: frozenset[str], depth: int) -> None:
        path = _path(of)
        if path is None or path.partition(".")[0] in local:
            if isinstance(name, str) and not (path == "loop" and name in _LOOP):
                self._fault(node, f"a value has no {name!r}", "see crm template words")
            elif not isinstance(of, nodes.Name):
                self.walk(of, local, depth)
        elif path == "contact.custom":
            self._custom(node, str(name))
        elif path in GROUPS:
            self._documented(node, path, str(name))
        elif isinstance(name, int):
            self.walk(of, local, depth)
        else:
            self._fault(node, f"unknown variable {path}.{name}", "see crm template words", fatal=False)

    def _custom(self, node: nodes.Node, key: str) -> None:
        if key.startswith("_") or key not in self.custom:
            near = nearest(key, list(self.custom))
            remedy = f"did you mean contact.custom.{near}?" if near else f"crm contact edit … --set {key}=…"
            self._fault(node, f"no contact has a custom field {key}", remedy, fatal=key.startswith("_"))

    def _documented(self, node: nodes.Node, group: str, name: str) -> None:
        known = [each.removesuffix(".KEY") for each in GROUPS[group]]
        if name not in known:
            near = nearest(name, known)
            remedy = f"did you mean {group}.{near}?" if near else f"{group} has {', '.join(known)}"
            self._fault(node, f"unknown variable {group}.{name}", remedy, fatal=name.startswith("_"))
        elif name == "custom" and group == "contact" and not isinstance(node, nodes.Getattr):
            self._fault(node, "contact.custom is several values", "contact.custom.KEY", fatal=False)


_CALLED = {
    "Include": "include", "Import": "import", "FromImport": "import", "Extends": "extends", "Macro": "macro",
    "Assign": "set", "AssignBlock": "set", "With": "with", "Block": "block", "CallBlock": "call",
    "FilterBlock": "a filter block", "Slice": "a slice", "Pow": "**", "Dict": "{ }",
}  # fmt: skip


def _path(node: nodes.Node) -> str | None:
    """``contact.custom`` for the node that says so; None for anything but names with dots."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        before = _path(node.node)
        return None if before is None else f"{before}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        before = _path(node.node)
        return None if before is None else f"{before}.{node.arg.value}"
    return None


class Part:
    """A compiled part of a message: its subject, text or HTML."""

    def __init__(self, source: str, custom: Collection[str], *, html: bool) -> None:
        """Compile the part.

        Raises:
            Broken: it can't be compiled.
        """
        tree, faults = _read(source, custom)
        fatal = [fault for fault in faults if fault.fatal]
        if fatal or tree is None:
            raise Broken(fatal)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, _EACH, [], [], None, None, lineno=loop.lineno)
        sandbox = environment(html=html)
        try:
            self._template = Template.from_code(sandbox, sandbox.compile(tree), sandbox.globals)
        except TemplateSyntaxError as error:
            raise Broken([syntax_fault(error)]) from error
        except (RecursionError, MemoryError, SyntaxError) as error:  # Python's own limit on brackets and blocks
            raise Broken([Fault(1, "too deep to be compiled", "write it plainer")]) from error

    def written(self, variables: Mapping[str, object]) -> str:
        """The part for one person.

        Raises:
            ValueError: it can't be written for this person; says why.
        """
        try:
            return "".join(_limited(self._template.generate({**variables, _BUDGET: [_TURNS]})))
        except TemplateError as error:
            raise ValueError(_reason(error)) from error
        except (ArithmeticError, TypeError, LookupError, RecursionError, AttributeError) as error:
            raise ValueError(str(error) or type(error).__name__) from error


def _reason(error: TemplateError) -> str:
    return " ".join((error.message or "it can't be rendered").split())


def _limited(pieces: Iterator[str]) -> Iterator[str]:
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > LONGEST:
            raise SecurityError(f"it grows beyond {LONGEST:,} characters")
        yield piece
