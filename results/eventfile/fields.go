package eventfile

import "google.golang.org/protobuf/encoding/protowire"

// The numbers of the fields that are written.
const (
	wallTime    protowire.Number = 1 // Event
	eventStep   protowire.Number = 2
	fileVersion protowire.Number = 3
	summary     protowire.Number = 5

	summaryValue protowire.Number = 1 // Summary

	valueTag    protowire.Number = 1 // Summary.Value
	simpleValue protowire.Number = 2
	metadata    protowire.Number = 9

	pluginData  protowire.Number = 1 // SummaryMetadata
	description protowire.Number = 3

	pluginName    protowire.Number = 1 // SummaryMetadata.PluginData
	pluginContent protowire.Number = 2

	sessionStart protowire.Number = 3 // HParamsPluginData, in plugins/hparams/plugin_data.proto
	sessionEnd   protowire.Number = 4

	startHparams protowire.Number = 1 // SessionStartInfo
	startTime    protowire.Number = 5
	mapKey       protowire.Number = 1 // an entry of its map
	mapValue     protowire.Number = 2

	endStatus protowire.Number = 1 // SessionEndInfo
	endTime   protowire.Number = 2

	jsonNumber protowire.Number = 2 // google.protobuf.Value
	jsonString protowire.Number = 3
	jsonBool   protowire.Number = 4

	statusSuccess = 1 // Status, in plugins/hparams/api.proto
	statusFailure = 2
)
