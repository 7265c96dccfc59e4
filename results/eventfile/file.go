package eventfile

import (
	"maps"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// File is an event file that is being made. It stands for a run of TensorBoard, which takes the name of the
// folder that the file is in.
type File struct {
	data      []byte
	described map[string]bool // tags
}

// New begins a file. start is the wall time of its first events.
func New(start time.Time) *File {
	f := &File{described: make(map[string]bool)}
	f.event(start, 0, func(b []byte) []byte { return text(b, fileVersion, "brain.Event:2") })
	return f
}

// Bytes returns the whole file.
func (f *File) Bytes() []byte { return f.data }

// Scalar adds a value at a step. TensorBoard keeps it as a float32, and shows what it means beside the chart.
func (f *File) Scalar(at time.Time, step int64, tag, meaning string, value float64) {
	f.summary(at, step, tag, func(b []byte) []byte {
		if !f.described[tag] {
			f.described[tag] = true
			b = message(b, metadata, func(b []byte) []byte {
				return text(plugin(b, "scalars", nil), description, meaning)
			})
		}
		b = protowire.AppendTag(b, simpleValue, protowire.Fixed32Type)
		return protowire.AppendFixed32(b, math.Float32bits(float32(value)))
	})
}

// Settings says under which settings the run was made, for TensorBoard's table of hyperparameters. A value is a
// string, a float64 or a bool.
func (f *File) Settings(start time.Time, settings map[string]any) {
	f.hparams(start, "_hparams_/session_start_info", sessionStart, func(b []byte) []byte {
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			b = message(b, startHparams, func(b []byte) []byte {
				return message(text(b, mapKey, name), mapValue, func(b []byte) []byte {
					return jsonValue(b, settings[name])
				})
			})
		}
		return number(b, startTime, seconds(start))
	})
}

// End says how the run ended.
func (f *File) End(at time.Time, ok bool) {
	status := uint64(statusFailure)
	if ok {
		status = statusSuccess
	}
	f.hparams(at, "_hparams_/session_end_info", sessionEnd, func(b []byte) []byte {
		b = protowire.AppendTag(b, endStatus, protowire.VarintType)
		return number(protowire.AppendVarint(b, status), endTime, seconds(at))
	})
}

// hparams adds what the plugin for hyperparameters reads, in the metadata of a summary.
func (f *File) hparams(at time.Time, tag string, field protowire.Number, content func([]byte) []byte) {
	f.summary(at, 0, tag, func(b []byte) []byte {
		return message(b, metadata, func(b []byte) []byte { return plugin(b, "hparams", message(nil, field, content)) })
	})
}

func (f *File) summary(at time.Time, step int64, tag string, value func([]byte) []byte) {
	f.event(at, step, func(b []byte) []byte {
		return message(b, summary, func(b []byte) []byte {
			return message(b, summaryValue, func(b []byte) []byte { return value(text(b, valueTag, tag)) })
		})
	})
}

func (f *File) event(at time.Time, step int64, content func([]byte) []byte) {
	b := number(nil, wallTime, seconds(at))
	b = protowire.AppendVarint(protowire.AppendTag(b, eventStep, protowire.VarintType), uint64(step))
	f.data = appendRecord(f.data, content(b))
}

// seconds are those since 1970; 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMicro()) / 1e6
}

// message appends a field that is a message.
func message(b []byte, field protowire.Number, content func([]byte) []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), content(nil))
}

func text(b []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
}

func number(b []byte, field protowire.Number, v float64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(b, field, protowire.Fixed64Type), math.Float64bits(v))
}

// plugin appends the name of a plugin, and the message that it reads.
func plugin(b []byte, name string, content []byte) []byte {
	return message(b, pluginData, func(b []byte) []byte {
		b = text(b, pluginName, name)
		return protowire.AppendBytes(protowire.AppendTag(b, pluginContent, protowire.BytesType), content)
	})
}

// jsonValue appends a google.protobuf.Value.
func jsonValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case float64:
		return number(b, jsonNumber, v)
	case bool:
		return protowire.AppendVarint(protowire.AppendTag(b, jsonBool, protowire.VarintType), protowire.EncodeBool(v))
	}
	s, _ := v.(string)
	return text(b, jsonString, s)
}
