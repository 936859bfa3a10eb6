"""A reader for pickles that runs nothing: our own interpreter of the few opcodes that checkpoints need.

Python's unpickler imports what a file names and calls it. This one imports nothing: a name is looked up as a
whole (module, name) in a table of our own functions, everything else is refused. State is never put into
objects (BUILD), keys are plain text or numbers (hashing a deeply nested tuple would overflow the C stack), and no
length is believed before it was compared with the bytes that are there.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

MAX_OPCODES = 1_000_000  # a 1024 px training snapshot has about 60,000
MAX_STACK = 100_000
MAX_DEPTH = 200  # open marks; network pickles nest about 30 deep
MAX_NAME = 100

Handler = Callable[[tuple[object, ...]], object]


class BadPickle(Exception):
    """The pickle is damaged, or wants something that no checkpoint needs. `args[0]` says what."""


class ForeignPickle(Exception):
    """A pickle of a known kind that we do not read. `args[0]` says what."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name as the file gives it; never an imported object."""

    module: str
    name: str


class Record(dict[str, object]):
    """Whatever was a dict-like object (OrderedDict, EasyDict, argparse Namespace) in the file."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Inert:
    """A value that is only passed on (numpy dtype). `value` says which."""

    value: str


class Budget:
    """Instructions that may still run, shared by a file's pickle and the ones nested in it."""

    def __init__(self, instructions: int = MAX_OPCODES) -> None:
        self.left = instructions


@dataclass(frozen=True, slots=True)
class AllowList:
    """calls: what a name does when it is called. news: names whose instances are dict-like. bare: names that are
    only mentioned. persistent: makes something of a persistent id."""

    calls: Mapping[tuple[str, str], Handler]
    news: frozenset[tuple[str, str]] = frozenset()
    bare: frozenset[tuple[str, str]] = frozenset()
    persistent: Callable[[object], object] | None = None


def read_pickle(data: memoryview, allowed: AllowList, budget: Budget, position: int = 0) -> tuple[object, int]:
    """Interpret one pickle that begins at `position`; returns its value and where it ends. Raises BadPickle."""
    return _Machine(data, allowed, position).run(budget)


class _Machine:
    """Stack, marks and memo of one pickle."""

    def __init__(self, data: memoryview, allowed: AllowList, position: int) -> None:
        self.data, self.allowed, self.position = data, allowed, position
        self.stack: list[object] = []
        self.marks: list[int] = []
        self.memo: dict[int, object] = {}

    def run(self, budget: Budget) -> tuple[object, int]:
        while budget.left > 0:
            budget.left -= 1
            code = self.take(1)[0]
            if code == 0x2E:  # STOP
                return self.pop(), self.position
            action = OPCODES.get(code)
            if action is None:
                raise BadPickle(f"it uses the pickle opcode {bytes([code])!r}, which no checkpoint needs")
            action(self)
            if len(self.stack) > MAX_STACK:
                raise BadPickle("its stack grows without bound")
        raise BadPickle(f"it has more than {MAX_OPCODES} instructions")

    # --- bytes ------------------------------------------------------------------------------

    def take(self, count: int) -> memoryview:
        if count > len(self.data) - self.position:
            raise BadPickle("it ends too early, or declares more bytes than it has")
        part = self.data[self.position : self.position + count]
        self.position += count
        return part

    def number(self, form: str) -> int:
        value: int = struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]
        return value

    def line(self) -> str:
        window = bytes(self.data[self.position : self.position + MAX_NAME + 1])
        end = window.find(b"\n")
        if end < 0:
            raise BadPickle("a name in it is too long")
        self.position += end + 1
        return window[:end].decode("ascii", "replace")

    def text(self, form: str) -> None:
        try:
            self.push(str(self.take(self.number(form)), "utf-8", "surrogatepass"))
        except UnicodeDecodeError as error:
            raise BadPickle("a text in it is damaged") from error

    # --- stack ------------------------------------------------------------------------------

    def push(self, value: object) -> None:
        self.stack.append(value)

    def pop(self) -> object:
        if len(self.stack) <= (self.marks[-1] if self.marks else 0):
            raise BadPickle("it takes more values than it has")
        return self.stack.pop()

    def top(self) -> object:
        value = self.pop()
        self.stack.append(value)
        return value

    def pop_mark(self) -> list[object]:
        if not self.marks:
            raise BadPickle("it closes what was never opened")
        start = self.marks.pop()
        values = self.stack[start:]
        del self.stack[start:]
        return values

    def mark(self) -> None:
        if len(self.marks) >= MAX_DEPTH:
            raise BadPickle("it nests too deeply")
        self.marks.append(len(self.stack))

    def remember(self, index: int) -> None:
        self.memo[index] = self.top()

    def recall(self, index: int) -> None:
        if index not in self.memo:
            raise BadPickle("it refers to a value that was never stored")
        self.push(self.memo[index])

    # --- containers -------------------------------------------------------------------------

    def extend(self, values: list[object]) -> None:
        target = self.top()
        if type(target) is not list:
            raise BadPickle("it appends to something that is no list")
        target.extend(values)

    def update(self, values: list[object]) -> None:
        target = self.top()
        if type(target) not in (dict, Record) or len(values) % 2:
            raise BadPickle("it sets items of something that is no dict")
        assert isinstance(target, dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            target[_plain(key)] = value

    def add(self, values: list[object]) -> None:
        target = self.top()
        if type(target) is not set:
            raise BadPickle("it adds to something that is no set")
        target.update(_plain(value) for value in values)

    def tuple_of(self, count: int) -> None:
        values = [self.pop() for _ in range(count)]
        self.push(tuple(reversed(values)))

    def set_item(self) -> None:
        value, key = self.pop(), self.pop()
        self.update([key, value])

    # --- names and calls --------------------------------------------------------------------

    def symbol(self, module: object, name: object) -> None:
        if not isinstance(module, str) or not isinstance(name, str):
            raise BadPickle("it names something by values that are no text")
        key = (module, name)
        if key not in self.allowed.calls and key not in self.allowed.bare:
            _refuse(module, name)
        self.push(Symbol(module, name))

    def stack_symbol(self) -> None:
        name, module = self.pop(), self.pop()
        self.symbol(module, name)

    def call(self) -> None:
        args, function = self.pop(), self.pop()
        if not isinstance(function, Symbol) or type(args) is not tuple:
            raise BadPickle("it calls something that is no function")
        handler = self.allowed.calls.get((function.module, function.name))
        if handler is None:
            raise BadPickle(f"it calls {function.name}")
        self.push(handler(args))

    def new(self) -> None:
        args, kind = self.pop(), self.pop()
        if not isinstance(kind, Symbol) or (kind.module, kind.name) not in self.allowed.news or args != ():
            raise BadPickle("it makes an object of a kind that no checkpoint needs")
        self.push(Record())

    def build(self) -> None:
        """State is ignored for the three kinds that have one in checkpoints; anything else is refused."""
        state, target = self.pop(), self.top()
        if type(target) is Record and type(state) in (dict, Record):
            return
        if type(target) is not Inert:
            raise BadPickle("it changes the inside of an object")

    def persistent(self) -> None:
        if self.allowed.persistent is None:
            raise BadPickle("it refers to data outside itself")
        self.push(self.allowed.persistent(self.pop()))


def _refuse(module: str, name: str) -> NoReturn:
    if module.startswith("dnnlib.tflib"):
        raise ForeignPickle("it is a TensorFlow network pickle: convert it to the PyTorch one first")
    raise BadPickle(f"it asks for {module[:60]!a}.{name[:60]!a}, which no checkpoint needs")


def _plain(key: object) -> str | int | float | None:
    if key is None or type(key) in (str, int, float, bool):
        return key  # type: ignore[return-value]  # `type(...) in` does not narrow
    raise BadPickle("a key in it is neither text nor a number")


def _text_of_bytes(machine: _Machine, form: str) -> None:
    machine.push(str(machine.take(machine.number(form)), "latin-1"))


def _long(machine: _Machine) -> None:
    machine.push(int.from_bytes(machine.take(machine.number("B")), "little", signed=True))


def _proto(machine: _Machine) -> None:
    if not 2 <= machine.number("B") <= 5:
        raise BadPickle("its pickle protocol is unknown")


def _frame(machine: _Machine) -> None:
    if machine.number("Q") > len(machine.data) - machine.position:
        raise BadPickle("it ends too early, or declares more bytes than it has")


def _pop_one(machine: _Machine) -> None:
    if machine.marks and len(machine.stack) == machine.marks[-1]:
        machine.marks.pop()  # POP on top of a mark removes the mark
    else:
        machine.pop()


def _pop_to_mark(machine: _Machine) -> None:
    machine.pop_mark()


def _float(machine: _Machine) -> None:
    machine.push(struct.unpack(">d", machine.take(8))[0])


OPCODES: Mapping[int, Callable[[_Machine], None]] = {
    ord(code): action
    for code, action in {
        "\x80": _proto,
        "\x95": _frame,
        "(": _Machine.mark,
        "0": _pop_one,
        "1": _pop_to_mark,
        "2": lambda m: m.push(m.top()),
        "N": lambda m: m.push(None),
        "\x88": lambda m: m.push(True),
        "\x89": lambda m: m.push(False),
        "J": lambda m: m.push(m.number("i")),
        "K": lambda m: m.push(m.number("B")),
        "M": lambda m: m.push(m.number("H")),
        "\x8a": _long,
        "G": _float,
        "X": lambda m: m.text("I"),
        "\x8c": lambda m: m.text("B"),
        "\x8d": lambda m: m.text("Q"),
        "T": lambda m: _text_of_bytes(m, "I"),
        "U": lambda m: _text_of_bytes(m, "B"),
        "B": lambda m: m.push(m.take(m.number("I"))),
        "C": lambda m: m.push(m.take(m.number("B"))),
        "\x8e": lambda m: m.push(m.take(m.number("Q"))),
        "]": lambda m: m.push([]),
        ")": lambda m: m.push(()),
        "}": lambda m: m.push({}),
        "\x8f": lambda m: m.push(set()),
        "a": lambda m: m.extend([m.pop()]),
        "e": lambda m: m.extend(m.pop_mark()),
        "s": _Machine.set_item,
        "u": lambda m: m.update(m.pop_mark()),
        "\x90": lambda m: m.add(m.pop_mark()),
        "t": lambda m: m.push(tuple(m.pop_mark())),
        "l": lambda m: m.push(m.pop_mark()),
        "\x85": lambda m: m.tuple_of(1),
        "\x86": lambda m: m.tuple_of(2),
        "\x87": lambda m: m.tuple_of(3),
        "q": lambda m: m.remember(m.number("B")),
        "r": lambda m: m.remember(m.number("I")),
        "\x94": lambda m: m.remember(len(m.memo)),
        "h": lambda m: m.recall(m.number("B")),
        "j": lambda m: m.recall(m.number("I")),
        "c": lambda m: m.symbol(m.line(), m.line()),
        "\x93": _Machine.stack_symbol,
        "R": _Machine.call,
        "\x81": _Machine.new,
        "b": _Machine.build,
        "Q": _Machine.persistent,
    }.items()
}
