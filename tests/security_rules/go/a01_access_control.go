package cases

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func read(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("name")
	// ruleid: go-path-traversal
	data, _ := os.ReadFile("/srv/files/" + name)
	// ruleid: go-path-traversal
	http.ServeFile(w, r, filepath.Join("/srv/files", r.FormValue("file")))
	// ok: go-path-traversal
	data, _ = os.ReadFile(filepath.Join("/srv/files", filepath.Base(name)))
	// ok: go-path-traversal
	data, _ = os.ReadFile("/etc/hostname")
	w.Write(data)
}

func inside(w http.ResponseWriter, r *http.Request) {
	name := filepath.Join("/srv/files", r.FormValue("name"))
	if !strings.HasPrefix(name, "/srv/files/") {
		return
	}
	// ok: go-path-traversal
	http.ServeFile(w, r, name)
}

func redirect(w http.ResponseWriter, r *http.Request) {
	// ruleid: go-open-redirect
	http.Redirect(w, r, r.URL.Query().Get("next"), http.StatusFound)
	next := r.FormValue("next")
	// ruleid: go-open-redirect
	http.Redirect(w, r, next, 302)
	// ok: go-open-redirect
	http.Redirect(w, r, "/items/"+r.FormValue("item"), 302)
	// ok: go-open-redirect
	http.Redirect(w, r, "/", 302)
	// ruleid: go-cors-any-origin
	w.Header().Set("Access-Control-Allow-Origin", "*")
	// ruleid: go-cors-any-origin
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	// ok: go-cors-any-origin
	w.Header().Set("Access-Control-Allow-Origin", "https://example.org")
	// ok: go-cors-any-origin
	w.Header().Set("Allow", "*")
}

func modes() {
	// ruleid: go-file-open-to-all
	os.Chmod("/srv/run.sh", 0777)
	// ruleid: go-file-open-to-all
	os.WriteFile("/srv/state", nil, 0o666)
	// ok: go-file-open-to-all
	os.Chmod("/srv/run.sh", 0755)
	// ok: go-file-open-to-all
	os.WriteFile("/srv/state", nil, 0o600)
}
