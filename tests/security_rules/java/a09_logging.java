class Logging {
    void login(String user, String password, HttpServletRequest request) {
        // ruleid: java-secret-logged
        log.info("login {} {}", user, password);
        // ruleid: java-secret-logged
        System.out.println("password " + password);
        // ok: java-secret-logged
        log.info("login {}", user);
        // ok: java-secret-logged
        store.put("password", password);
        // ruleid: java-log-injection
        log.info("search for " + request.getParameter("words"));
        String words = request.getParameter("words");
        // ruleid: java-log-injection
        log.info("search for {}", words);
        // ok: java-log-injection
        log.info("search for {}", words.replaceAll("[\r\n]", " "));
        // ok: java-log-injection
        log.info("page {}", Integer.parseInt(request.getParameter("page")));
    }
}
