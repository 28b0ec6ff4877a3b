package main

import (
	"net/http"
	"sort"
	"strings"
)

type Item struct{ n int }

func less(a, b Item) bool { return a.n < b.n }

func upper(r rune) rune { return r }

func index(w http.ResponseWriter, r *http.Request) {
	render(w)
}

func render(w http.ResponseWriter) {}

func main() {
	items := []Item{{1}, {2}}
	sort.Slice(items, func(i, j int) bool {
		return less(items[i], items[j])
	})
	strings.Map(upper, "x")
	http.HandleFunc("/", index)
}
