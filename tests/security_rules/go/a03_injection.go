package cases

import (
	"database/sql"
	"fmt"
	"html"
	"net/http"
	"os/exec"
	"strconv"
	"text/template"
)

func user(w http.ResponseWriter, r *http.Request, db *sql.DB) {
	name := r.URL.Query().Get("name")
	// ruleid: go-sql-injection, go-sql-text
	db.Query("SELECT * FROM users WHERE name = '" + name + "'")
	// ruleid: go-sql-injection, go-sql-text
	db.Exec(fmt.Sprintf("DELETE FROM users WHERE name = '%s'", name))
	// ok: go-sql-injection, go-sql-text
	db.Query("SELECT * FROM users WHERE name = ?", name)
	number, _ := strconv.Atoi(r.FormValue("number"))
	// ok: go-sql-injection, go-sql-text
	db.Query(fmt.Sprintf("SELECT * FROM users LIMIT %d", number))
	// ruleid: go-command-injection, go-shell-text
	exec.Command("sh", "-c", "ping "+name)
	// ruleid: go-command-injection
	exec.Command(name)
	// ok: go-command-injection, go-shell-text
	exec.Command("ping", "-c", "1", name)
	// ok: go-command-injection, go-shell-text
	exec.Command("sh", "-c", "uptime")
	// ruleid: go-xss
	fmt.Fprintf(w, "<h1>Hello %s</h1>", name)
	// ruleid: go-xss
	w.Write([]byte("<b>" + name + "</b>"))
	// ok: go-xss
	fmt.Fprintf(w, "<h1>Hello %s</h1>", html.EscapeString(name))
	// ok: go-xss
	fmt.Fprintf(w, "<b>%d</b>", number)
}

func totals(db *sql.DB, year string) {
	// ruleid: go-sql-text
	db.Exec("DELETE FROM totals WHERE year = " + year)
	statement := fmt.Sprintf("SELECT x FROM totals WHERE year = %s", year)
	// ruleid: go-sql-text
	db.Query(statement)
	// ok: go-sql-text
	fmt.Println("SELECT x FROM totals WHERE year = " + year)
	// ok: go-sql-text
	db.Query("SELECT x " + "FROM totals")
}

func pack(folder string) {
	// ruleid: go-shell-text
	exec.Command("bash", "-c", "tar cf out.tar "+folder)
	// ruleid: go-shell-text
	exec.Command("/bin/sh", "-c", fmt.Sprintf("tar cf out.tar %s", folder))
	// ok: go-shell-text
	exec.Command("tar", "cf", "out.tar", "folder"+folder)
}

func page(w http.ResponseWriter, r *http.Request) {
	t := template.Must(template.New("a").Parse("<p>{{.}}</p>"))
	// ruleid: go-template-text-for-pages
	t.Execute(w, r.FormValue("name"))
}

func pageAgain(out http.ResponseWriter, t *template.Template) {
	// ruleid: go-template-text-for-pages
	t.Execute(out, 1)
}

func letter(t *template.Template, file *os.File) {
	// ok: go-template-text-for-pages
	t.Execute(file, 1)
}

func task(job Job, file *os.File) {
	// ok: go-template-text-for-pages
	job.Execute(file)
}
