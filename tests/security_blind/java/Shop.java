package shop;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Random;
import java.util.logging.Logger;
import javax.crypto.Cipher;
import javax.naming.directory.DirContext;
import javax.net.ssl.HttpsURLConnection;
import javax.script.ScriptEngineManager;
import javax.servlet.http.Cookie;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import javax.xml.parsers.DocumentBuilderFactory;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

public class Shop extends HttpServlet {
    private static final Logger LOG = Logger.getLogger("shop");
    private static final String DB_PASSWORD = "hunter2-prod-77"; // vuln: A07
    private Connection connection;
    private DirContext directory;

    ResultSet find(HttpServletRequest request) throws Exception {
        String name = request.getParameter("name");
        Statement statement = connection.createStatement();
        return statement.executeQuery("SELECT * FROM items WHERE name = '" + name + "'"); // vuln: A03
    }

    ResultSet findSafe(HttpServletRequest request) throws Exception {
        PreparedStatement statement = connection.prepareStatement("SELECT * FROM items WHERE name = ?");
        statement.setString(1, request.getParameter("name"));
        return statement.executeQuery();
    }

    void run(HttpServletRequest request) throws IOException {
        Runtime.getRuntime().exec("sh -c ls " + request.getParameter("folder")); // vuln: A03
        new ProcessBuilder("ls", "-l").start();
    }

    InputStream open(HttpServletRequest request) throws IOException {
        return new FileInputStream(new File("/srv/data", request.getParameter("file"))); // vuln: A01
    }

    byte[] read(HttpServletRequest request) throws IOException {
        return Files.readAllBytes(Paths.get("/srv/data/" + request.getParameter("file"))); // vuln: A01
    }

    void greet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().println("<p>" + request.getParameter("name") + "</p>"); // vuln: A03
    }

    void leave(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.sendRedirect(request.getParameter("next")); // vuln: A01
    }

    InputStream fetch(HttpServletRequest request) throws IOException {
        return new URL(request.getParameter("url")).openStream(); // vuln: A10
    }

    Object load(HttpServletRequest request) throws Exception {
        return new ObjectInputStream(request.getInputStream()).readObject(); // vuln: A08
    }

    Object script(HttpServletRequest request) throws Exception {
        return new ScriptEngineManager().getEngineByName("js").eval(request.getParameter("code")); // vuln: A03
    }

    Object lookup(HttpServletRequest request) throws Exception {
        return directory.search("ou=people", "(uid=" + request.getParameter("user") + ")", null); // vuln: A03
    }

    byte[] hash(String password) throws Exception {
        return MessageDigest.getInstance("MD5").digest(password.getBytes()); // vuln: A02
    }

    byte[] checksum(byte[] data) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(data);
    }

    Cipher cipher() throws Exception {
        return Cipher.getInstance("AES/ECB/PKCS5Padding"); // vuln: A02
    }

    Cipher goodCipher() throws Exception {
        return Cipher.getInstance("AES/GCM/NoPadding");
    }

    String token() {
        return Long.toHexString(new Random().nextLong()); // vuln: A02
    }

    void trustAll(HttpsURLConnection link) {
        link.setHostnameVerifier((host, session) -> true); // vuln: A02
    }

    Object parse(InputStream xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        return factory.newDocumentBuilder().parse(xml); // vuln: A05
    }

    void configure(HttpSecurity http) throws Exception {
        http.csrf().disable(); // vuln: A01
    }

    void login(HttpServletRequest request, HttpServletResponse response) {
        LOG.info("login " + request.getParameter("user") + " " + request.getParameter("password")); // vuln: A09
        Cookie cookie = new Cookie("sid", token());
        cookie.setSecure(false); // vuln: A05
        response.addCookie(cookie);
    }

    boolean check(HttpServletRequest request, String expected) {
        return request.getParameter("token").equals(expected);
    }

    void fail(Exception problem, HttpServletResponse response) throws IOException {
        problem.printStackTrace(response.getWriter()); // vuln: A05
    }
}
