"""Reads every Parquet file of a folder by pyarrow, and fails where it differs from the CSV file beside it."""

import csv
import json
import pathlib
import sys

import pyarrow
import pyarrow.parquet

folder = pathlib.Path(sys.argv[1])
csv.field_size_limit(1 << 30)


def text(cell, column):
    """The text that a cell of CSV stands for."""
    if column in ("axes", "warnings"):
        return cell
    cell = cell.removeprefix("'")
    return json.loads(cell) if cell.startswith('"') and not column.startswith("config.") else cell


def same(cell, value, kind, column):
    if cell == "" or value is None:
        return cell == "" and value is None
    if pyarrow.types.is_string(kind):
        return value == text(cell, column)
    if pyarrow.types.is_floating(kind):
        return value == float(cell) and str(value)[0] == str(float(cell))[0]  # -0.0 is not 0.0
    if pyarrow.types.is_integer(kind):
        return value == int(cell)
    if pyarrow.types.is_boolean(kind):
        return value == (cell == "true")
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") == cell


values = 0
files = sorted(folder.glob("*.parquet"))
for path in files:
    table = pyarrow.parquet.read_table(path)
    with open(path.with_suffix(".csv"), newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert table.column_names == header, (path, table.column_names, header)
    assert table.num_rows == len(rows) > 0, (path, table.num_rows, len(rows))
    table.to_pandas()
    for i, column in enumerate(header):
        kind = table.schema.field(i).type
        for cells, value in zip(rows, table.column(i).to_pylist()):
            assert same(cells[i], value, kind, column), (path, column, kind, cells[i], value)
            values += value is not None
assert len(files) == 4 and values > 500, (files, values)
