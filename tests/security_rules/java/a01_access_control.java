import java.io.*;
import java.nio.file.*;

class Access {
    void read(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String name = request.getParameter("name");
        // ruleid: java-path-traversal
        File file = new File("/srv/files", name);
        // ruleid: java-path-traversal
        byte[] data = Files.readAllBytes(Paths.get("/srv/files/" + name));
        // ok: java-path-traversal
        File safe = new File("/srv/files", FilenameUtils.getName(name));
        // ok: java-path-traversal
        File fixed = new File("/etc/hostname");
        // ruleid: java-open-redirect
        response.sendRedirect(request.getParameter("next"));
        // ruleid: java-open-redirect
        response.setHeader("Location", "https://" + name);
        // ok: java-open-redirect
        response.sendRedirect("/items/" + name);
        // ok: java-open-redirect
        response.sendRedirect("/start");
        // ruleid: java-cors-any-origin
        response.setHeader("Access-Control-Allow-Origin", "*");
        // ok: java-cors-any-origin
        response.setHeader("Access-Control-Allow-Origin", "https://example.org");
    }

    @GetMapping("/files")
    public String show(@RequestParam String name) {
        // ruleid: java-path-traversal
        return Files.readString(Path.of("/srv/files", name));
    }

    @GetMapping("/inside")
    public String inside(@RequestParam("name") String name) {
        Path place = ROOT.resolve(name).normalize();
        if (!place.startsWith(ROOT)) {
            throw new IllegalArgumentException();
        }
        // ok: java-path-traversal
        return Files.readString(place);
    }

    void configure(HttpSecurity http, CorsRegistration cors) throws Exception {
        // ruleid: java-csrf-off
        http.csrf().disable();
        // ruleid: java-csrf-off
        http.csrf(AbstractHttpConfigurer::disable);
        // ok: java-csrf-off
        http.csrf(Customizer.withDefaults());
        // ok: java-csrf-off
        http.formLogin().disable();
        // ruleid: java-cors-any-origin
        cors.allowedOrigins("*");
        // ok: java-cors-any-origin
        cors.allowedOrigins("https://example.org");
    }

    // ruleid: java-cors-any-origin
    @CrossOrigin(origins = "*")
    @GetMapping("/open")
    String open() {
        return "open";
    }

    // ok: java-cors-any-origin
    @CrossOrigin(origins = "https://example.org")
    @GetMapping("/narrow")
    String narrow() {
        return "narrow";
    }
}
