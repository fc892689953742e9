"""Counting what a compiled function does for one element, from its source: arrays it touches, operations.

A pass of the engine is a function with loops over cells or faces. Inside its loops every distinct array is
counted once as read, once as written: a neighbour's value is the own value of the element before or after,
and still in the cache. Both sides of every branch count, so these are upper limits.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from numba.core import types

BYTES = 8
"""Of a number, where its array's type is not known."""

_SIMPLE = {ast.Add, ast.Sub, ast.Mult}
_SELECTIONS = {"min", "max", "abs"}


@dataclass
class Counts:
    """Per element of a pass: bytes by array, and operations by kind."""

    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    operations: Counter[str] = field(default_factory=Counter)

    @property
    def moved_bytes(self) -> int:
        """Read and written; what is only written has to be fetched first all the same."""
        fetched = {name: size for name, size in self.written.items() if name not in self.read}
        return sum(self.read.values()) + sum(self.written.values()) + sum(fetched.values())


def count(function: Any) -> Counts:
    """Count a compiled function; the types of its first signature say how wide its arrays are."""
    visitor = _Visitor(function.py_func, _argument_types(function))
    return visitor.counts


def _argument_types(function: Any) -> dict[str, Any]:
    names = list(inspect.signature(function.py_func).parameters)
    return dict(zip(names, function.signatures[0], strict=False)) if function.signatures else {}


class _Visitor(ast.NodeVisitor):
    def __init__(
        self, python: Callable[..., Any], argument_types: dict[str, Any], deep: bool = False
    ) -> None:
        self.counts = Counts()
        self._globals = python.__globals__
        self._types = argument_types
        self._names: dict[str, str] = {}
        self._local: set[str] = set()
        self._set_in_loops: set[str] = set()
        self._loops = 1 if deep else 0
        tree = ast.parse(textwrap.dedent(inspect.getsource(python)))
        definition = tree.body[0]
        assert isinstance(definition, ast.FunctionDef)
        for statement in definition.body:
            self.visit(statement)

    def visit_For(self, node: ast.For) -> None:
        self._loops += 1
        names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
        self._set_in_loops |= {each.id for each in names if isinstance(each.ctx, ast.Store)}
        for statement in node.body:
            self.visit(statement)
        self._loops -= 1

    def visit_Assign(self, node: ast.Assign) -> None:
        if self._loops == 0:
            self._alias(node.targets[0], node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if self._loops:
            self._operation(node.op)
            if isinstance(node.target, ast.Subscript):
                self._touch(node.target, ast.Load())
        self.generic_visit(node)

    def _alias(self, target: ast.expr, value: ast.expr) -> None:
        """`h = cells.h`, `h = cells[H]` are names of arrays, `buffer = np.zeros(...)` stays in the cache."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for one, other in zip(target.elts, value.elts, strict=True):
                self._alias(one, other)
        elif isinstance(target, ast.Name):
            if isinstance(value, ast.Call):
                self._local.add(target.id)
            elif isinstance(value, ast.Attribute | ast.Subscript | ast.Name):
                self._names[target.id] = self._array(value)

    def _array(self, node: ast.expr) -> str:
        if isinstance(node, ast.Name):
            return self._names.get(node.id, node.id)
        return ast.unparse(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if self._loops:
            self._touch(node, node.ctx)
        self.visit(node.slice)

    def _touch(self, node: ast.Subscript, context: ast.expr_context) -> None:
        name = self._array(node.value)
        if isinstance(node.slice, ast.Tuple):
            # `cells[DEPTH, i]` and `cells[i, DEPTH]` are one field of a table: what no loop changes names it.
            fixed = [ast.unparse(part) for part in node.slice.elts if not self._changes(part)]
            name = f"{name}[{', '.join(fixed)}]"
        if name in self._local or name.split("[")[0].split(".")[0] in self._local:
            return
        side = self.counts.written if isinstance(context, ast.Store) else self.counts.read
        side[name] = self._width(name)

    def _changes(self, part: ast.expr) -> bool:
        """Whether an index depends on what a loop sets."""
        return any(isinstance(node, ast.Name) and node.id in self._set_in_loops for node in ast.walk(part))

    def _width(self, name: str) -> int:
        root, _, attribute = name.partition(".")
        kind = self._types.get(root.partition("[")[0])
        if isinstance(kind, types.NamedTuple):
            kind = dict(zip(kind.fields, kind.types, strict=True)).get(attribute)
        return kind.dtype.bitwidth // 8 if isinstance(kind, types.Array) else BYTES

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if self._loops and not self._is_index(node):
            self._operation(node.op)
        self.generic_visit(node)

    def _is_index(self, node: ast.BinOp) -> bool:
        """`k + _DEPTH` or `first + k`: no arithmetic on numbers of the flow."""
        integers = {"k", "i", "first", "begin", "face", "row", "col", "r", "c"}
        return any(isinstance(side, ast.Name) and side.id in integers for side in (node.left, node.right))

    def _operation(self, operator: ast.operator) -> None:
        if isinstance(operator, ast.Div):
            self.counts.operations["division"] += 1
        elif type(operator) in _SIMPLE:
            self.counts.operations["simple"] += 1

    def visit_Compare(self, node: ast.Compare) -> None:
        if self._loops:
            self.counts.operations["simple"] += len(node.ops)
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if self._loops:
            self.counts.operations["branch"] += 1
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        called = self._globals.get(name)
        if hasattr(called, "py_func"):
            self._add(called)
        elif self._loops and name == "sqrt":
            self.counts.operations["root"] += 1
        elif self._loops and name == "cbrt":
            self.counts.operations["cube root"] += 1
        elif self._loops and name in _SELECTIONS:
            self.counts.operations["simple"] += max(1, len(node.args) - 1)

    def _add(self, helper: Any) -> None:
        """What a helper does, per call or in its own loop over a buffer."""
        inside = _Visitor(helper.py_func, {}, deep=self._loops > 0 and not _has_loop(helper.py_func))
        self.counts.operations += inside.counts.operations


def _has_loop(python: Callable[..., Any]) -> bool:
    tree = ast.parse(textwrap.dedent(inspect.getsource(python)))
    return any(isinstance(node, ast.For) for node in ast.walk(tree))
