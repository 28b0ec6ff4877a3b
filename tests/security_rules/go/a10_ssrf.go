package cases

import "net/http"

func fetch(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-ssrf
	http.Get(r.URL.Query().Get("url"))
	target := r.FormValue("host")
	// ruleid: go-ssrf
	http.Get("http://" + target + "/status")
	// ruleid: go-ssrf
	net.Dial("tcp", target)
	// ok: go-ssrf
	http.Get("https://api.example.org/items/" + target)
	// ok: go-ssrf
	http.Get("https://api.example.org/")
	// ok: go-ssrf
	http.Post("https://api.example.org/", "text/plain", r.Body)
}
