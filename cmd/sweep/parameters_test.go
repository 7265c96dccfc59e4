package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"ranksweep/experiments"
	"ranksweep/lora"
	"ranksweep/results"
)

// A run of LoRA has r(in + out) parameters for each map, by the shapes of the embedded model. Under VeRA, whose
// trained vectors are out and r long, four times the rank is less than a twentieth more.
func TestCountParameters(t *testing.T) {
	base, err := baseModel()
	check(t, err)
	of := func(method string, rank int, hash string) (r results.Run) {
		c := experiments.Defaults()
		c.Data.Source, c.Adapter.Method, c.Adapter.Rank = "go-functions", method, rank
		check(t, c.Validate())
		r.Config, err = json.Marshal(c)
		check(t, err)
		r.ID, r.Provenance.ModelHash = "1", hash
		r.Cell = fmt.Sprint(method, rank)
		return r
	}
	sides, outs, maps := 0, 0, 0
	for _, l := range base.Model.Linears() {
		sides, outs, maps = sides+l.In()+l.Out(), outs+l.Out(), maps+1
	}
	all := []results.Run{
		of(lora.DefaultMethod, 4, base.Hash), of(lora.DefaultMethod, 16, base.Hash),
		of(lora.VeRAMethod, 4, base.Hash), of(lora.VeRAMethod, 16, base.Hash),
		of(lora.DefaultMethod, 4, "another model"), {},
	}
	var runs []*results.Run
	for i := range all {
		runs = append(runs, &all[i])
	}
	check(t, countParameters(runs))
	for i, want := range []int{4 * sides, 16 * sides, outs + 4*maps, outs + 16*maps, 0, 0} {
		if got := runs[i].Parameters; got != int64(want) {
			t.Errorf("run %d trains %d parameters, want %d", i, got, want)
		}
	}
	if few, many := runs[2].Parameters, runs[3].Parameters; many >= few+few/20 {
		t.Errorf("VeRA trains %d parameters at rank 4 and %d at rank 16", few, many)
	}
}
