package main

import (
	"crypto/des"
	"crypto/md5"
	"crypto/tls"
	"database/sql"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"log"
	"math/rand"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	texttemplate "text/template"

	"github.com/golang-jwt/jwt/v5"
)

var db *sql.DB

const apiKey = "sk_live_9a8b7c6d5e4f3a2b1c0d" // vuln: A02

func user(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("id")
	rows, err := db.Query("SELECT name FROM users WHERE id = " + id) // vuln: A03
	if err != nil {
		http.Error(w, err.Error(), 500)
		return
	}
	defer rows.Close()
}

func userSafe(w http.ResponseWriter, r *http.Request) {
	rows, err := db.Query("SELECT name FROM users WHERE id = $1", r.URL.Query().Get("id"))
	if err == nil {
		rows.Close()
	}
}

func account(w http.ResponseWriter, r *http.Request) {
	query := fmt.Sprintf("DELETE FROM accounts WHERE owner = '%s'", r.FormValue("owner"))
	_, _ = db.Exec(query) // vuln: A03
}

func ping(w http.ResponseWriter, r *http.Request) {
	out, _ := exec.Command("sh", "-c", "ping -c 1 "+r.FormValue("host")).Output() // vuln: A03
	_, _ = w.Write(out)
}

func version(w http.ResponseWriter, _ *http.Request) {
	out, _ := exec.Command("git", "--version").Output()
	_, _ = w.Write(out)
}

func file(w http.ResponseWriter, r *http.Request) {
	http.ServeFile(w, r, filepath.Join("/srv/files", r.URL.Query().Get("name"))) // vuln: A01
}

func read(w http.ResponseWriter, r *http.Request) {
	data, _ := os.ReadFile("/srv/pages/" + r.FormValue("page")) // vuln: A01
	_, _ = w.Write(data)
}

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "<h1>Hello %s</h1>", r.FormValue("name")) // vuln: A03
}

func page(w http.ResponseWriter, r *http.Request) {
	t := texttemplate.Must(texttemplate.New("p").Parse("<p>{{.}}</p>")) // vuln: A03
	_ = t.Execute(w, r.FormValue("text"))
	s := template.Must(template.New("s").Parse("<p>{{.}}</p>"))
	_ = s.Execute(w, r.FormValue("text"))
}

func leave(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, r.FormValue("next"), http.StatusFound) // vuln: A01
}

func fetch(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get(r.FormValue("url")) // vuln: A10
	if err != nil {
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(w, resp.Body)
}

func digest(password string) string {
	sum := md5.Sum([]byte(password)) // vuln: A02
	return hex.EncodeToString(sum[:])
}

func cipher(key []byte) {
	_, _ = des.NewCipher(key) // vuln: A02
}

func token() string {
	return fmt.Sprintf("%x", rand.Int63()) // vuln: A02
}

func client() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // vuln: A02
}

func old() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS10} // vuln: A02
}

func claims(raw string) jwt.MapClaims {
	parsed := jwt.MapClaims{}
	_, _, _ = jwt.NewParser().ParseUnverified(raw, parsed) // vuln: A07
	return parsed
}

func login(w http.ResponseWriter, r *http.Request) {
	log.Printf("login %s password=%s", r.FormValue("user"), r.FormValue("password")) // vuln: A09
	http.SetCookie(w, &http.Cookie{Name: "sid", Value: token(), Secure: false, HttpOnly: false}) // vuln: A05
}

func main() {
	_ = os.Chmod("/srv/files", 0777) // vuln: A01
	log.Fatal(http.ListenAndServe(":8080", nil))
}
