package cases

func unpack(zip *zip.Reader, target string, r *http.Request) {
	for _, f := range zip.File {
		// ruleid: go-archive-unpacked-anywhere
		os.Create(filepath.Join(target, f.Name))
	}
	for _, f := range zip.File {
		place := target + "/" + f.Name
		// ruleid: go-archive-unpacked-anywhere
		os.WriteFile(place, nil, 0o600)
	}
	for _, f := range zip.File {
		if !filepath.IsLocal(f.Name) {
			continue
		}
		// ok: go-archive-unpacked-anywhere
		os.Create(filepath.Join(target, "fixed"))
	}
	for _, f := range zip.File {
		place := filepath.Join(target, f.Name)
		if !strings.HasPrefix(place, target) {
			continue
		}
		// ok: go-archive-unpacked-anywhere
		os.Create(place)
	}
	// ruleid: go-gob-from-request
	gob.NewDecoder(r.Body)
	// ruleid: go-gob-from-request
	gob.NewDecoder(bufio.NewReader(r.Body))
	// ok: go-gob-from-request
	json.NewDecoder(r.Body)
	// ok: go-gob-from-request
	gob.NewDecoder(file)
}
