class Authentication {
    boolean login(User user, String password) {
        // ruleid: java-password-compare
        if (user.getPassword().equals(password)) return true;
        // ruleid: java-password-compare
        if (password.equals("open-sesame")) return true;
        // ok: java-password-compare
        if (password.equals("")) return false;
        // ok: java-password-compare
        if (password.equals(passwordConfirm)) return false;
        // ok: java-password-compare
        return encoder.matches(password, user.getPassword());
    }

    void encoders(String token) {
        // ruleid: java-passwords-kept-plain
        var plain = NoOpPasswordEncoder.getInstance();
        // ruleid: java-passwords-kept-plain
        var quick = new BCryptPasswordEncoder(4);
        // ok: java-passwords-kept-plain
        var slow = new BCryptPasswordEncoder();
        // ok: java-passwords-kept-plain
        var slower = new BCryptPasswordEncoder(12);
        // ruleid: java-jwt-not-verified
        Jwts.parser().parse(token);
        // ruleid: java-jwt-not-verified
        JWT.require(Algorithm.none());
        // ok: java-jwt-not-verified
        Jwts.parser().verifyWith(key).build().parseSignedClaims(token);
        // ok: java-jwt-not-verified
        parser.parse(token);
    }

    void sessions(HttpSecurity http) throws Exception {
        // ruleid: java-session-fixation
        http.sessionManagement().sessionFixation().none();
        // ruleid: java-session-fixation
        http.sessionManagement(session -> session.sessionFixation(fixation -> fixation.none()));
        // ok: java-session-fixation
        http.sessionManagement().sessionFixation().migrateSession();
        // ok: java-session-fixation
        http.sessionManagement().maximumSessions(1);
    }
}
