import java.sql.*;

class Injection {
    void user(HttpServletRequest request, HttpServletResponse response, Statement statement) throws Exception {
        String name = request.getParameter("name");
        // ruleid: java-sql-injection, java-sql-text
        statement.executeQuery("SELECT * FROM users WHERE name = '" + name + "'");
        String sql = "DELETE FROM users WHERE name = '" + name + "'";
        // ruleid: java-sql-injection, java-sql-text
        statement.executeUpdate(sql);
        PreparedStatement prepared = connection.prepareStatement("SELECT * FROM users WHERE name = ?");
        // ok: java-sql-injection, java-sql-text
        prepared.setString(1, name);
        int number = Integer.parseInt(request.getParameter("number"));
        // ok: java-sql-injection
        statement.executeQuery("SELECT * FROM users LIMIT " + number);
        // ok: java-sql-injection, java-sql-text
        statement.executeQuery("SELECT * FROM users");
        // ruleid: java-command-injection
        Runtime.getRuntime().exec("ping " + name);
        // ruleid: java-command-injection
        new ProcessBuilder("sh", "-c", "ping " + name).start();
        // ok: java-command-injection
        new ProcessBuilder("ping", "-c", "1", name).start();
        // ok: java-command-injection
        Runtime.getRuntime().exec("uptime");
        // ruleid: java-code-injection
        engine.eval(request.getParameter("code"));
        // ruleid: java-code-injection
        parser.parseExpression(name);
        // ok: java-code-injection
        engine.eval("1 + 1");
        // ok: java-code-injection
        mapper.readValue(name, Thing.class);
        // ruleid: java-xss
        response.getWriter().println("<h1>Hello " + name + "</h1>");
        // ruleid: java-xss
        response.getWriter().write(name);
        // ok: java-xss
        response.getWriter().println("<h1>" + HtmlUtils.htmlEscape(name) + "</h1>");
        // ok: java-xss
        response.getWriter().println("<h1>Hello</h1>");
        // ruleid: java-ldap-injection
        directory.search("dc=example", "(uid=" + name + ")", controls);
        String filter = "(uid=" + name + ")";
        // ruleid: java-ldap-injection
        directory.search("dc=example", filter, controls);
        // ok: java-ldap-injection
        directory.search("dc=example", "(uid={0})", new Object[] {name}, controls);
        // ok: java-ldap-injection
        directory.search("dc=example", "(uid=" + LdapEncoder.filterEncode(name) + ")", controls);
        // ruleid: java-xpath-injection
        xpath.compile("//user[@name='" + name + "']");
        // ruleid: java-xpath-injection
        xpath.evaluate("//user[@name='" + name + "']", document);
        // ok: java-xpath-injection
        xpath.compile("//user[@name=$name]");
        // ok: java-xpath-injection
        Pattern.compile(name);
    }

    void totals(Statement statement, String year) throws SQLException {
        // ruleid: java-sql-text
        statement.execute("DELETE FROM totals WHERE year = " + year);
        // ok: java-sql-text
        statement.execute("SELECT x FROM " + TABLE);
        // ok: java-sql-text
        log.info("DELETE FROM totals WHERE year = " + year);
    }
}
