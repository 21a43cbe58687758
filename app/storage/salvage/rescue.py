"""The rows of each table that can still be read, and whether those are all that there were."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from app.storage.salvage.b_tree import LostError, Node, Row, nodes_of
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.tables import SESSION_TABLES, Fields, Table

_SCHEMA_PAGE = 1


class Rescue:
    """Reads one file, whose tables are these."""

    def __init__(self, file: PageFile, tables: Mapping[str, Table], *, is_suspect: bool) -> None:
        """``is_suspect``: SQLite found the file wrong although each page is sound, so no tree can be relied on."""
        self.file = file
        self.complete: set[str] = set()
        """Tables of which nothing is lost, so that what is not in them was deleted.  Known once all rows were read."""
        self._tables = tables
        self._is_suspect = is_suspect

    def rows(self) -> Iterator[tuple[Table, Fields]]:
        """All rows; where one comes twice, from versions of different age, the later one counts."""
        roots = {} if self._is_suspect else self._find_roots()
        trees = {name: self._tree(roots[name]) for name in self._tables if name in roots}
        for name, tree in trees.items():
            if tree is not None:
                yield from self._rows_of_tree(self._tables[name], tree)
        loose = [table for name, table in self._tables.items() if trees.get(name) is None]
        if loose:
            yield from self._loose_rows(loose)

    def may_keep_sessions(self) -> bool:
        """After all rows were read: whether the sessions found are the latest committed.

        They are when the file lost nothing but the contents of some pages, none of them of a session: then there is
        no older state of anything in it.
        """
        is_latest = not (self._is_suspect or self.file.is_behind or self.file.is_truncated)
        return is_latest and self.complete.issuperset({"contacts", *SESSION_TABLES})

    def _rows_of_tree(self, table: Table, tree: Iterable[int]) -> Iterator[tuple[Table, Fields]]:
        is_complete = not self.file.is_behind
        for row in self._rows(tree):
            fields = None if row is None else table.fields(row)
            if fields is None:
                is_complete = False
            else:
                yield table, fields
        if is_complete:
            self.complete.add(table.name)

    def _loose_rows(self, tables: Iterable[Table]) -> Iterator[tuple[Table, Fields]]:
        """Rows of tables that lost part of their tree, found anywhere."""
        for row in self._rows(self.file.by_age()):
            if row is not None:
                candidates = ((table, table.fields(row)) for table in tables)
                yield from ((table, fields) for table, fields in candidates if fields is not None)

    def _find_roots(self) -> dict[str, int]:
        """The first page of each table's tree, as far as the schema can be read."""
        roots: dict[str, int] = {}
        with suppress(LostError):
            for node in nodes_of(self.file.page, _SCHEMA_PAGE):
                for row in node.rows(self.file.page):
                    match row:
                        case Row(_, ("table", str(name), _, int(root), _)):
                            roots[name] = root
                        case _:
                            pass  # an index, a trigger, or lost
        return roots

    def _tree(self, root: int) -> list[int] | None:
        """The pages of a table; None if one of them is lost, and those below it with it."""
        try:
            return [node.number for node in nodes_of(self.file.page, root)]
        except LostError:
            return None

    def _rows(self, numbers: Iterable[int]) -> Iterator[Row | None]:
        """The rows on these pages, None where something was lost."""
        for number in numbers:
            page = self.file.page(number)
            node = None if page is None else Node.of(number, page)
            try:
                yield from () if node is None else node.rows(self.file.rest_of(number))
            except LostError:
                yield None
