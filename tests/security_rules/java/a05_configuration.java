class Configuration {
    void parse(InputStream in) throws Exception {
        DocumentBuilderFactory open = DocumentBuilderFactory.newInstance();
        // ruleid: java-xxe
        open.newDocumentBuilder().parse(in);
        SAXParserFactory sax = SAXParserFactory.newInstance();
        // ruleid: java-xxe
        sax.newSAXParser().parse(in, handler);
    }

    void parseSafely(InputStream in) throws Exception {
        DocumentBuilderFactory safe = DocumentBuilderFactory.newInstance();
        safe.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        // ok: java-xxe
        safe.newDocumentBuilder().parse(in);
        // ok: java-xxe
        mapper.readTree(in);
    }

    void cookies(Cookie cookie, Exception error, HttpServletResponse response, HttpSecurity http) throws Exception {
        // ruleid: java-cookie-unprotected
        cookie.setSecure(false);
        // ruleid: java-cookie-unprotected
        cookie.setHttpOnly(false);
        // ok: java-cookie-unprotected
        cookie.setSecure(true);
        // ok: java-cookie-unprotected
        cookie.setHttpOnly(true);
        // ruleid: java-trace-shown
        error.printStackTrace(response.getWriter());
        // ruleid: java-trace-shown
        response.sendError(500, ExceptionUtils.getStackTrace(error));
        // ok: java-trace-shown
        log.error("failed", error);
        // ok: java-trace-shown
        response.sendError(500, "That did not work");
        // ruleid: java-browser-protection-off
        http.headers().frameOptions().disable();
        // ruleid: java-browser-protection-off
        http.headers(headers -> headers.disable());
        // ok: java-browser-protection-off
        http.headers().frameOptions().sameOrigin();
        // ok: java-browser-protection-off
        http.httpBasic().disable();
    }
}
