package cases

import (
	"net/http"
	"runtime/pprof"
)

func serve(handler http.Handler, mux *http.ServeMux, value string) {
	// ruleid: go-server-without-limits
	http.ListenAndServe(":8080", handler)
	// ruleid: go-server-without-limits
	_ = &http.Server{Addr: ":8080", Handler: handler}
	// ok: go-server-without-limits
	_ = &http.Server{Addr: ":8080", ReadHeaderTimeout: 5}
	// ok: go-server-without-limits
	server.ListenAndServe()
	// ruleid: go-cookie-unprotected
	_ = &http.Cookie{Name: "session", Value: value}
	// ruleid: go-cookie-unprotected
	_ = &http.Cookie{Name: "theme", Value: value, HttpOnly: false}
	// ok: go-cookie-unprotected
	_ = &http.Cookie{Name: "session", Value: value, HttpOnly: true, Secure: true}
	// ok: go-cookie-unprotected
	_ = &http.Cookie{Name: "theme", Value: value}
	// ruleid: go-profiler-open
	mux.HandleFunc("/debug/pprof/", index)
	// ok: go-profiler-open
	mux.HandleFunc("/debug", index)
	// ruleid: go-profiler-open
	gin.SetMode(gin.DebugMode)
	// ok: go-profiler-open
	gin.SetMode(gin.ReleaseMode)
}
