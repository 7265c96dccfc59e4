"""Reads every event file of an export by TensorBoard, and fails where it differs from the CSV files beside."""

import csv
import math
import pathlib
import sys

import numpy
from tensorboard.backend.event_processing import plugin_event_accumulator
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2

folder = pathlib.Path(sys.argv[1])


def rows(name):
    with open(folder / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def hparams(accumulator, tag):
    data = accumulator.SummaryMetadata(tag).plugin_data
    assert data.plugin_name == "hparams", data
    return plugin_data_pb2.HParamsPluginData.FromString(data.content)


numpy.seterr(over="ignore")  # a value beyond float32 is infinite in TensorBoard
want = {row["run"]: {} for row in rows("runs.csv") if row["status"] != "missing"}
for name in ("curves.csv", "modules.csv"):
    for row in rows(name):
        module = row.get("module", "").removeprefix("'")
        for quantity, cell in list(row.items())[3:]:
            if quantity != "module" and cell:
                tag = quantity + "/" + module if module else quantity
                want[row["run"]].setdefault(tag, []).append((int(row["step"]), float(numpy.float32(float(cell)))))

values = 0
runs = {row["run"]: row for row in rows("runs.csv")}
folders = sorted((folder / "tensorboard").iterdir())
for run in folders:
    id = run.name.split(",")[-1]
    scalars = EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0}).Reload()
    tags = scalars.Tags()["scalars"]
    assert set(tags) == set(want[id]), (run, tags, want[id])
    for tag in tags:
        got = [(event.step, event.value) for event in scalars.Scalars(tag)]
        assert got == want[id][tag], (run, tag, got, want[id][tag])
        assert all(event.wall_time >= 0 for event in scalars.Scalars(tag))
        values += len(got)

    shown = plugin_event_accumulator.EventAccumulator(str(run)).Reload()
    for tag in tags:
        about = shown.SummaryMetadata(tag)
        assert about.plugin_data.plugin_name == "scalars" and about.summary_description, (run, tag, about)
    settings = hparams(shown, "_hparams_/session_start_info").session_start_info.hparams
    row = runs[id]
    assert settings["status"].string_value == row["status"], settings
    assert settings["reason"].string_value == row["reason"].removeprefix("'"), settings
    if row["rank"]:
        assert settings["rank"].number_value == int(row["rank"]), settings
        assert math.isclose(settings["alpha"].number_value, float(row["alpha"])), settings
    end = hparams(shown, "_hparams_/session_end_info").session_end_info
    assert end.status == (api_pb2.STATUS_SUCCESS if row["status"] == "done" else api_pb2.STATUS_FAILURE), end
assert len(folders) == len(want) and values > 80, (folders, values)
